"""What pages are made of: built files with their hash in the name, icons, flags."""

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from api import assets
from models.errors import Missing

router = APIRouter()

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
A_WEEK = {"Cache-Control": "public, max-age=604800"}
SVG = "image/svg+xml"


@router.get("/static/{name}")
async def show(name: str) -> Response:
    path = assets.DIST / name
    if path.name != name or path.suffix == ".json" or not path.is_file():
        raise Missing("There is no such page")
    return FileResponse(path, headers=FOREVER)


@router.get("/assets/icons.svg")
async def icons() -> Response:
    return Response(assets.sprite(), media_type=SVG, headers=FOREVER)


@router.get("/assets/logo.svg")
async def logo() -> Response:
    return FileResponse(assets.STATIC / "logo.svg", media_type=SVG, headers=A_WEEK)


@router.get("/assets/flags/{code}.svg")
async def flag(code: str) -> Response:
    if code not in assets.flags():
        raise Missing("There is no such page")
    return Response(assets.flags()[code], media_type=SVG, headers=A_WEEK)
