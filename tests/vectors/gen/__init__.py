# SPDX-License-Identifier: BSD-2-Clause
"""Parts of the vector generator; ../generate.py is the program."""
