#!/usr/bin/env python3
"""Whether the JSON on stdin fits a schema: valid.py SCHEMA. Knows what docs/answer.schema.json uses, and no more."""
import json
import sys

TYPES = {"object": dict, "array": list, "string": str, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def faults(value, schema, root, where):
    unknown = set(schema) - {"$schema", "title", "$defs", "$ref", "oneOf", "type", "enum", "minimum", "properties",
                             "required", "additionalProperties", "items"}
    if unknown:
        return ["the schema has %s" % unknown]
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    if "oneOf" in schema:
        tries = [faults(value, one, root, where) for one in schema["oneOf"]]
        return [] if sum(not one for one in tries) == 1 else min(tries, key=len)
    if "enum" in schema:
        return [] if value in schema["enum"] else ["%s: %r is none of %s" % (where, value, schema["enum"])]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(is_type(value, name) for name in types):
        return ["%s: %r is not %s" % (where, value, " or ".join(types))]
    found = []
    if isinstance(value, int) and value < schema.get("minimum", value):
        found.append("%s: %d is too small" % (where, value))
    if isinstance(value, list):
        for item in value:
            found += faults(item, schema["items"], root, where + "[]")
    if isinstance(value, dict):
        found += ["%s lacks %s" % (where, key) for key in schema["required"] if key not in value]
        for key, item in value.items():
            if key in schema["properties"]:
                found += faults(item, schema["properties"][key], root, "%s.%s" % (where, key))
            else:
                found.append("%s.%s is not in the schema" % (where, key))
    return found


with open(sys.argv[1], encoding="utf-8") as file:
    the_schema = json.load(file)
all_faults = faults(json.load(sys.stdin), the_schema, the_schema, "answer")
print("\n".join(all_faults) or "valid")
sys.exit(1 if all_faults else 0)
