"""The one door to exporting: a folder goes in, files of the wanted form come out, checked against what was trained."""

from pathlib import Path
from typing import Any, Protocol, cast, get_args

from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.studio import plugins
from autogpt.studio.checkpoint import CARD, Checkpoint, read_checkpoint
from autogpt.studio.export.exported import Exported, Finding, describe
from autogpt.studio.intact import intact
from autogpt.studio.report import OnAdvance
from autogpt.studio.whole import be_new, unfinished

FORMS = ("hf", "onnx", "gguf", "adapter")


class Exporter(Protocol):
    """Writes a checkpoint in a form of its own (entry point `autogpt.studio.exporters`)."""

    def __call__(
        self, folder: Path, checkpoint: Checkpoint, target: Path, *, quant: str, on_advance: OnAdvance
    ) -> Exported: ...


def forms() -> tuple[str, ...]:
    """Every form there is here, those of plug-ins last."""
    return (*FORMS, *(name for name in plugins.offered(plugins.EXPORTERS) if name not in FORMS))


def known(form: str) -> None:
    """Raises UsageError for a form that nobody knows."""
    if form not in forms():
        raise UsageError(f"no form is known as {form!r}; there are: {', '.join(forms())}")


def fits(folder: Path, form: str) -> None:
    """See early whether a checkpoint's weights can be written in a form.

    Raises UsageError for a quantised one in a form that cannot hold it, and says what can be exported in its place; for
    a network of which GGUF has no form, and one that is damaged.
    """
    checkpoint = read_checkpoint(folder) if (folder / CARD).exists() else None
    kept = checkpoint.shape.get("form") if checkpoint else None
    if form == "gguf" and kept is None:
        from autogpt.studio.export.family import read_family
        from autogpt.studio.export.weights import read_config
        from autogpt.studio.intact import intact

        if checkpoint is not None:
            intact(folder, checkpoint)
        read_family(read_config(folder), folder)
    if checkpoint is None or kept is None or form not in FORMS or form == kept:
        return
    parent = (checkpoint.parents or ("its parent",))[0]
    match form:
        case "onnx":
            raise UsageError(
                f"{checkpoint.name!r} is quantised by torch ({kept}), whose operators no other program has; quantise "
                f"{parent!r} with --method onnx-dynamic and export that. It can be served as it is"
            )
        case "gguf":
            raise UsageError(
                f"{checkpoint.name!r} is quantised ({kept}) in a way that GGUF does not know; export {parent!r}, what "
                "it was made of, as gguf with --quant q8_0 or q4_k_m"
            )
        case _ if kept == "onnx":
            raise UsageError(
                f"{checkpoint.name!r} is quantised (onnx), which {form} cannot hold; export it with --format onnx, or "
                f"{parent!r}, what it was made of, as {form}"
            )
        case _:
            raise UsageError(
                f"{checkpoint.name!r} is quantised ({kept}), which {form} cannot hold; export {parent!r}, what it was "
                f"made of, as {form}. It can be served as it is"
            )


def place(folder: Path, form: str, target: Path, quant: str) -> Path:
    """The file or folder that an export to `target` writes.

    Raises UsageError if something is there already that it would write over.
    """
    if form in ("hf", "onnx"):
        be_new(target)
        return target
    kind = "lora" if form == "adapter" else quant or "f16"
    file = target / f"{folder.name}-{kind}.gguf" if target.is_dir() and form in FORMS else target
    if file.exists() and not (file.is_dir() and not any(file.iterdir())):
        raise UsageError(f"{str(file)!r} is there already; choose another name (-o), or move it away")
    return file


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
    sources: what the model learned from beside what its card says. verify: load what was written with llama.cpp or
    transformers, compare its answers with the network's, and hold a quantised GGUF against F16; ONNX always is.
    Raises UsageError for what cannot be exported, and for a file that does not answer like the checkpoint.
    """
    known(form)
    fits(folder, form)
    if (folder / CARD).exists():
        intact(folder, read_checkpoint(folder))
    match form:
        case "gguf":
            return _gguf(folder, target, quant or "f16", base, verify=verify, on_advance=on_advance)
        case "adapter":
            return _adapter(folder, target, base, verify=verify, on_advance=on_advance)
        case "onnx":
            from autogpt.studio.export.onnx import write_onnx
            from autogpt.studio.model import load

            paths, finding = write_onnx(load(folder), target, on_advance)
            return describe(form, target, paths, [finding])
        case "hf":
            from autogpt.studio.export.hf import write_folder

            card = read_checkpoint(folder)
            paths, found = write_folder(folder, target, card, sources=sources, verify=verify, on_advance=on_advance)
            return describe(form, target, paths, found)
        case _:
            return _plugged(folder, form, target, quant, on_advance)


def _plugged(folder: Path, form: str, target: Path, quant: str, on_advance: OnAdvance) -> Exported:
    """What a plug-in writes is put at the target when it is whole."""
    exporter = cast(Exporter, plugins.plug_in(plugins.EXPORTERS, form))
    place(folder, form, target, quant)
    with unfinished(target) as part:
        with plugins.blamed(plugins.EXPORTERS, form):
            done = cast(object, exporter(folder, read_checkpoint(folder), part, quant=quant, on_advance=on_advance))
        who = plugins.title(plugins.EXPORTERS, form)
        if not isinstance(done, Exported):
            raise AutoGPTError(f"the plug-in {who} returned {done!r} where an `Exported` is due")
        lost = [path for path in done.paths if path.is_relative_to(part.parent) and not path.is_relative_to(part)]
        if lost or (done.paths and not part.exists()):
            raise AutoGPTError(f"the plug-in {who} did not write to its target alone ({target.name!r})")
        try:
            if part.exists():
                part.replace(target)
        except OSError as error:  # a file in place of an empty folder
            raise UsageError(f"{str(target)!r} cannot be written: {error.strerror or error}") from error
    paths = tuple(
        target / path.relative_to(part) if path.is_relative_to(part) else path
        for path in done.paths  # of a file it is "."
    )
    return done.model_copy(update={"target": target, "paths": paths})


def _adapter(folder: Path, target: Path, base: Path | None, *, verify: bool, on_advance: OnAdvance) -> Exported:
    from autogpt.studio.export.adapter import base_of, write_adapter
    from autogpt.studio.export.gguf import write_gguf
    from autogpt.studio.export.probe import can_adapt
    from autogpt.studio.export.verify import verify_adapter

    source = folder / "adapter" if (folder / "adapter" / "adapter_config.json").exists() else folder
    file = place(folder, "adapter", target, "")
    checks: list[Finding] = []
    with unfinished(file) as part:
        write_adapter(source, part, base=base, on_advance=on_advance)
        if verify and not can_adapt():
            checks.append(
                Finding(
                    name="answers",
                    ok=False,
                    said="not compared: there is no llama.cpp here that takes adapters (pip install 'autogpt[local]')",
                )
            )
        elif verify:
            whole = base_of(source, base)
            plain = write_gguf(whole, part.with_name(f"{part.name}.base"), on_advance=on_advance)
            checks.append(verify_adapter(source, whole, part, plain, on_advance=on_advance))
        part.replace(file)
    return describe("adapter", file, [file], checks)


def _gguf(
    folder: Path, target: Path, quant: str, base: Path | None, *, verify: bool, on_advance: OnAdvance
) -> Exported:
    from autogpt.studio.export.gguf import Quant, write_gguf
    from autogpt.studio.export.probe import can_probe
    from autogpt.studio.export.verify import beside_f16, verify_gguf

    name = read_checkpoint(folder).name if (folder / CARD).exists() else folder.name
    file = place(folder, "gguf", target, quant)
    chosen: Any = quant  # write_gguf says which there are
    exact = quant in ("f16", "f32")
    checks: tuple[Finding, ...] = ()
    # Hidden until it was checked: a file that answers wrongly must not lie where a good one is looked for.
    with unfinished(file) as part:
        plain = part.with_name(f"{part.name}.f16")
        beside = plain if verify and not exact and quant in get_args(Quant) and can_probe() else None
        if beside:
            write_gguf(folder, beside, base=base, name=name, on_advance=on_advance)
        write_gguf(folder, part, quant=chosen, base=base, name=name, plain=beside, on_advance=on_advance)
        if verify:
            checks = verify_gguf(folder, part, exact=exact, on_advance=on_advance)
        if beside:
            checks = (*checks, beside_f16(folder, beside, part, on_advance=on_advance))
        part.replace(file)
    return describe("gguf", file, [file], checks, quant=quant)
