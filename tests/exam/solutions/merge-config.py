import json


def merge(a, b):
    both = isinstance(a, dict) and isinstance(b, dict)
    return {**a, **{k: merge(a[k], v) if k in a else v for k, v in b.items()}} if both else b


json.dump(merge(json.load(open("defaults.json")), json.load(open("local.json"))), open("config.json", "w"))
