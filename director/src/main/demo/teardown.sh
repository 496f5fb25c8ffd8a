#!/usr/bin/env bash
# Takes down what `ringvs demo --keep` left.
set -euo pipefail
# shellcheck source=topology.sh
. "$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)/topology.sh"
topology_down
