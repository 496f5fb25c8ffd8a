#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one measuring command: the one whose name this file is called by (benchmarks/bin/NAME is a link to it)."""
import importlib
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

if __name__ == "__main__":
    name = os.path.basename(sys.argv[0])
    sys.exit(importlib.import_module("ringvs_bench.commands." + name.replace("-", "_")).main(sys.argv[1:]))
