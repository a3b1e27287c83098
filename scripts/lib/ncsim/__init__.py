"""The front-end: what scripts/ncsim does."""
# SPDX-License-Identifier: GPL-2.0-or-later
