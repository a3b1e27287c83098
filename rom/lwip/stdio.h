/*
 * lwIP includes it for checks that are compiled out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
