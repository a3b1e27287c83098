/*
 * Where the option ROM leaves the handoff block for the operating system:
 * in the adapter's scratch pad, found through its shared memory.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_HANDOFF_H
#define NCSIM_HANDOFF_H

/* The scratch pad, in the adapter's GRC address space. */
#define HANDOFF_GRC_FIRST 0x164000
#define HANDOFF_GRC_LAST 0x167bff
#define HANDOFF_SIZE_MAX (HANDOFF_GRC_LAST + 1 - HANDOFF_GRC_FIRST)

/*
 * The pointer to it, as offsets in shared memory.  A core reset keeps
 * HANDOFF_SHM_FIRST..HANDOFF_SHM_LAST and the pad; a PCI reset clears both.
 */
enum {
    HANDOFF_SHM_FIRST = 0x3a0,
    HANDOFF_SHM_MAGIC = 0x3a0,      /* ENVELOPE_MAGIC_HANDOFF */
    HANDOFF_SHM_ADDRESS = 0x3a4,    /* GRC address */
    HANDOFF_SHM_LENGTH = 0x3a8,     /* bytes, header and text */
    HANDOFF_SHM_LAST = 0x3c3,
};

#endif
