"""The commands about this machine rather than a run: models, tools, config, doctor."""

import asyncio
import json as json_

from autogpt.cli import door, render
from autogpt.cli.main import COMPLETE, FAILED
from autogpt.locale import say, translate
from autogpt.settings import NAME, load, user_file


def models(json: bool) -> int:
    choices = door.app().models()
    if json:
        print(json_.dumps([choice.model_dump(mode="json") for choice in choices], ensure_ascii=False))
        return COMPLETE
    for choice in choices:
        state = say("ready") if choice.ready else translate(choice.needs)
        print(f"{choice.address:<34} {translate(choice.title):<58} {state}")
    return COMPLETE


def tools(json: bool) -> int:
    found = door.app().tools()
    if json:
        print(json_.dumps([tool.model_dump(mode="json") for tool in found], ensure_ascii=False))
        return COMPLETE
    for tool in found:
        print(f"{tool.name:<16} {tool.effect:<12} {render.line(tool.description, 100)}")
    return COMPLETE


def config(json: bool) -> int:
    settings = load()
    values = settings.model_dump(mode="json")
    if json:
        print(json_.dumps(values, ensure_ascii=False))
        return COMPLETE
    for name, value in values.items():
        print(f"{name} = {json_.dumps(value, ensure_ascii=False)}")
    print(
        say(
            "# from {own}, {name} in the current folder, AUTOGPT_* in the environment, flags; later ones win",
            own=str(user_file()),
            name=NAME,
        )
    )
    return COMPLETE


def doctor(json: bool) -> int:
    """Exit code 0 if everything that is needed is there."""
    findings = asyncio.run(door.app().doctor())
    well = all(finding.ok for finding in findings if finding.needed)
    if json:
        print(json_.dumps([finding.model_dump(mode="json") for finding in findings], ensure_ascii=False))
        return COMPLETE if well else FAILED
    for finding in findings:
        mark = render.GOOD if finding.ok else render.BAD
        print(f"{mark} {translate(finding.what)}: {render.line(finding.seen, 200)}")
        if not finding.ok:
            print(f"    {translate(finding.mend)}")
    print(say("all is well") if well else say("something that is needed is missing; see above"))
    return COMPLETE if well else FAILED
