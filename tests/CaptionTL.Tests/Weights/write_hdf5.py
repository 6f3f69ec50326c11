"""Writes the HDF5 file that a JSON description asks for: write_hdf5.py DESCRIPTION TARGET (needs python3-h5py)."""
import json
import sys

import h5py
import numpy

with open(sys.argv[1], encoding="utf-8") as text:
    wanted = json.load(text)

with h5py.File(sys.argv[2], "w", **wanted.get("file", {})) as file:
    for path in wanted.get("groups", []):
        file.require_group(path)
    for data in wanted.get("datasets", []):
        values = numpy.frombuffer(open(data["values"], "rb").read(), dtype="<f4") if "values" in data else numpy.arange(numpy.prod(data["shape"], dtype=int))
        options = {name: tuple(value) if isinstance(value, list) else value for name, value in data.get("options", {}).items()}
        file.create_dataset(data["path"], data=values.reshape(data["shape"]).astype(data.get("dtype", "<f4")), **options)
    for path, attributes in wanted.get("attributes", {}).items():
        for name, value in attributes.items():
            # As Keras does: lists as arrays of bytes, single texts of variable length.
            file[path].attrs[name] = numpy.asarray([v.encode() for v in value]) if isinstance(value, list) else value
    for path, target in wanted.get("soft_links", {}).items():
        file[path] = h5py.SoftLink(target)
    for path, target in wanted.get("external_links", {}).items():
        file[path] = h5py.ExternalLink(target, "/x")
    for path, target in wanted.get("hard_links", {}).items():
        file[path] = file[target]
