# SPDX-License-Identifier: Apache-2.0
"""Side-by-side measurements of RingVS and its peers in network namespaces."""
