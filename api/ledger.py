"""The ledger's words that the models say inside of particulars."""

from api.words import N_

SAID_BY_MODELS = (
    N_("Say why: a colleague will read it"),
    N_("An amount is more than zero"),
    N_("This amount is too large"),
    N_("An amount has at most two decimals"),
    N_("There is no such currency"),
    N_("This moment has not come yet"),
    N_("Nobody paid as early as this"),
)
