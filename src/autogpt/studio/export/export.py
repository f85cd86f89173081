"""The one door to exporting: a folder goes in, files of the wanted form come out, checked against what was trained."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, cast, get_args

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import CARD, Checkpoint, read_checkpoint
from autogpt.studio.export.exported import Exported, Finding, describe
from autogpt.studio.report import OnAdvance

FORMS = ("hf", "onnx", "gguf", "adapter")
GROUP = "autogpt.studio.exporters"
"""Installed packages offer further forms under this group of entry points; each names an Exporter."""


class Exporter(Protocol):
    """Writes a checkpoint in a form of its own."""

    def __call__(
        self, folder: Path, checkpoint: Checkpoint, target: Path, *, quant: str, on_advance: OnAdvance
    ) -> Exported: ...


def forms() -> tuple[str, ...]:
    """Every form there is here, those of plug-ins last."""
    return (*FORMS, *sorted(entry.name for entry in entry_points(group=GROUP)))


def export(
    folder: Path,
    form: str,
    target: Path,
    *,
    quant: str = "",
    base: Path | None = None,
    sources: tuple[str, ...] = (),
    verify: bool = True,
    on_advance: OnAdvance = lambda advance: None,
) -> Exported:
    """Write the checkpoint in a folder for other programs.

    form: `hf` (a folder with model card and licence), `onnx` (a folder; encoders), `gguf` (a file; language models of
    the families llama and qwen2), `adapter` (a GGUF file of a LoRA adapter), or a plug-in's.
    target: a new folder, or for GGUF a file; a folder that is there gets a file named after checkpoint and quant.
    quant: of GGUF: f32, f16 (default), q8_0, q4_0, q6_k, q5_k_m, q4_k_m.
    base: for gguf a GGUF file whose metadata is taken over; for adapter the Hugging Face folder it was trained on.
    sources: what the model learned from, for the card. verify: ask llama.cpp whether the file answers like the network,
    and hold a quantised one against F16.
    Raises UsageError for what cannot be exported, and for a file that does not answer like the checkpoint.
    """
    match form:
        case "gguf":
            return _gguf(folder, target, quant or "f16", base, verify=verify, on_advance=on_advance)
        case "adapter":
            from autogpt.studio.export.adapter import write_adapter

            source = folder / "adapter" if (folder / "adapter" / "adapter_config.json").exists() else folder
            file = write_adapter(source, _file(target, folder, "lora"), base=base, on_advance=on_advance)
            return describe(form, file, [file], [])
        case "onnx":
            from autogpt.studio.export.onnx import write_onnx
            from autogpt.studio.model import load

            paths, finding = write_onnx(load(folder), target, on_advance)
            return describe(form, target, paths, [finding])
        case "hf":
            from autogpt.studio.export.hf import write_folder

            paths = write_folder(folder, target, read_checkpoint(folder), sources=sources, on_advance=on_advance)
            return describe(form, target, paths, [])
        case _:
            for entry in entry_points(group=GROUP, name=form):
                exporter = cast(Exporter, entry.load())
                return exporter(folder, read_checkpoint(folder), target, quant=quant, on_advance=on_advance)
    raise UsageError(f"no form is known as {form!r}; there are: {', '.join(forms())}")


def _gguf(
    folder: Path, target: Path, quant: str, base: Path | None, *, verify: bool, on_advance: OnAdvance
) -> Exported:
    from autogpt.studio.export.gguf import Quant, write_gguf
    from autogpt.studio.export.probe import can_probe
    from autogpt.studio.export.verify import beside_f16, verify_gguf

    name = read_checkpoint(folder).name if (folder / CARD).exists() else folder.name
    file = _file(target, folder, quant)
    # Under other names until it was checked: a file that answers wrongly must not lie where a good one is looked for.
    part, plain = (file.with_name(f"{file.stem}.{what}.gguf") for what in ("unchecked", "plain"))
    chosen: Any = quant  # write_gguf says which there are
    exact = quant in ("f16", "f32")
    checks: tuple[Finding, ...] = ()
    try:
        beside = plain if verify and not exact and quant in get_args(Quant) and can_probe() else None
        if beside:
            write_gguf(folder, beside, base=base, name=name, on_advance=on_advance)
        write_gguf(folder, part, quant=chosen, base=base, name=name, plain=beside, on_advance=on_advance)
        if verify:
            checks = verify_gguf(folder, part, exact=exact, on_advance=on_advance)
        if beside:
            checks = (*checks, beside_f16(folder, beside, part, on_advance=on_advance))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
        plain.unlink(missing_ok=True)
    return describe("gguf", file, [file], checks, quant=quant)


def _file(target: Path, folder: Path, kind: str) -> Path:
    return target / f"{folder.name}-{kind}.gguf" if target.is_dir() else target
