"""Asks the real engine (llama.cpp through xllamacpp) in a process of its own; `python engine.py` is that process."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any


def ask(model: Path, *requests: dict[str, Any], adapter: Path | None = None, window: int = 512) -> list[Any]:
    """One answer a request.

    {"prompt": [tokens], "count": n} gives tokens at temperature 0; {"text": t}: the tokens the engine cuts it into;
    {"messages": [...]}: the text its chat template makes of them. Tokens that end an answer are never chosen, unless
    the request has "ends".
    """
    told = {"model": str(model), "adapter": adapter and str(adapter), "requests": requests, "window": window}
    done = subprocess.run(
        [sys.executable, "-P", __file__],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    import xllamacpp

    told = json.loads(sys.stdin.read())
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = told["model"], told["window"], 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.verbosity, params.cache_ram_mib, params.fit_params, params.warmup = 0, 0, False, False
    params.hostnames, params.port, params.ui = ["127.0.0.1"], 0, False
    # Small random networks are fickle: what is to be seen is the file, not the rounding of the memory.
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    if told["adapter"]:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(told["adapter"], 1.0)]
    server = xllamacpp.Server(params)
    print(json.dumps([answer(server.listening_address, request) for request in told["requests"]]), flush=True)
    os._exit(0)


def answer(address: str, request: dict[str, Any]) -> Any:
    if "text" in request:
        asked = {"content": request["text"], "parse_special": True, "add_special": True}
        return post(f"{address}/tokenize", asked)["tokens"]
    if "messages" in request:
        return post(f"{address}/apply-template", {"messages": request["messages"]})["prompt"]
    asked = {"prompt": request["prompt"], "n_predict": request["count"], "temperature": 0}
    asked |= {"ignore_eos": not request.get("ends"), "return_tokens": True, "cache_prompt": False}
    return post(f"{address}/completion", asked)["tokens"]


def post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
