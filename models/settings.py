"""Every setting of Leadloom, read once from the environment (`LEADLOOM_…`) and never changed."""

import os
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# What stands beside the web port on a machine that runs everything itself.
PHONE, TEMPORAL, CONSOLE, POSTGRES = 1, 2, 3, 4


class Settings(BaseSettings):
    """Defaults run everything on this machine; an address given means "use that service"."""

    model_config = SettingsConfigDict(env_prefix="LEADLOOM_", frozen=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    data: Path = Field(Path("data"), description="files, keys and the embedded servers' stores")
    host: str = Field("127.0.0.1", description="address the web listens on")
    port: int = Field(8000, description="web port; the embedded services take the next four")
    public_url: str = Field("", description="https address Telegram reaches the webhook at")

    database_url: str = Field("", description="PostgreSQL; empty: the embedded one")
    database_pool: int = Field(8, ge=2, description="connections a process holds at most")
    temporal_address: str = Field("", description="host:port; empty: the embedded dev server")
    temporal_namespace: str = "default"
    temporal_console_url: str = Field("", description="Temporal's web console, for links")
    task_queue: str = "leads"
    hot_leads: int = Field(2000, ge=1, description="workflows a worker keeps in memory")
    telegram_api_url: str = Field("", description="Bot API; empty: the demo phone beside us")

    secret_key: SecretStr = Field(
        SecretStr(""), description="32 bytes in hex; seals bot tokens; empty: a key file in data"
    )

    storage: Literal["disk", "s3"] = Field("disk", description="where files are")
    storage_bucket: str = Field("", description="name of the S3 bucket")
    storage_endpoint: str = Field("", description="address of an S3 that is not Amazon's")
    storage_region: str = Field("us-east-1", description="the bucket's region")
    storage_key_id: str = Field("", description="access key; empty: what the machine may do")
    storage_secret: SecretStr = Field(SecretStr(""), description="the access key's secret")

    sending_limit: timedelta = Field(
        timedelta(seconds=60), description="a claimed message older than this becomes unknown"
    )
    upload_limit: timedelta = Field(
        timedelta(minutes=5), description="the same for a message with files"
    )
    relay_every: timedelta = Field(timedelta(seconds=10), description="pause between relay rounds")
    canary_every: timedelta = Field(
        timedelta(seconds=15), description="pause between canary workflows"
    )
    takeover_wait: timedelta = Field(
        timedelta(seconds=3), description="how long a take-over waits for messages on the wire"
    )

    @model_validator(mode="after")
    def _refuse_the_unsafe(self) -> Self:
        if self.storage == "s3" and not self.storage_bucket:
            raise ValueError("LEADLOOM_STORAGE_BUCKET must name the bucket that files are in")
        if self.environment == "production":
            if len(self.secret_key.get_secret_value()) != 64:
                raise ValueError("LEADLOOM_SECRET_KEY must be 64 hex digits in production")
            if not self.public_url.startswith("https://"):
                raise ValueError("LEADLOOM_PUBLIC_URL must be an https address in production")
        return self

    @property
    def postgres(self) -> str:
        """The database's address in SQLAlchemy's form."""
        url = self.database_url or f"postgresql://postgres@{self.beside(POSTGRES)}/leadloom"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def temporal(self) -> str:
        return self.temporal_address or self.beside(TEMPORAL)

    @property
    def console(self) -> str:
        return self.temporal_console_url or f"http://{self.beside(CONSOLE)}"

    @property
    def telegram(self) -> str:
        return self.telegram_api_url or f"http://{self.beside(PHONE)}"

    @property
    def own_address(self) -> str:
        """The address a webhook is registered at."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def beside(self, offset: int) -> str:
        return f"127.0.0.1:{self.port + offset}"

    def key(self) -> bytes:
        """The 32 bytes that seal secrets; made on first use outside production."""
        if given := self.secret_key.get_secret_value():
            return bytes.fromhex(given)
        path = self.data / "secret.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(os.urandom(32).hex())
        return bytes.fromhex(path.read_text().strip())


@cache
def settings() -> Settings:
    return Settings()
