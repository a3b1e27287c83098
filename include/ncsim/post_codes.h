/*
 * Progress of a boot on port 80h, written by the option ROM and snooped by
 * the ilo-ev device.  Port 80h is noisy, so a stage is framed by three bytes.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_POST_CODES_H
#define NCSIM_POST_CODES_H

#define POST_PORT 0x80

/* A stage is POST_FRAME, the code, and the code with all bits turned. */
#define POST_FRAME 0xb5
#define POST_CHECK(code) ((code) ^ 0xff)

/*     code  constant         name          when */
#define POST_STAGES(X)                                                        \
    X(0x10, POST_ROM,        "rom")        /* init vector entered */          \
    X(0x11, POST_CONFIG,     "config")     /* boot block read and valid */    \
    X(0x12, POST_BCV,        "bcv")        /* connection vector entered */    \
    X(0x13, POST_LINK,       "link")       /* link up */                      \
    X(0x14, POST_ARP,        "arp")        /* target or gateway resolved */   \
    X(0x15, POST_TCP,        "tcp")        /* connected */                    \
    X(0x16, POST_AUTH,       "auth")       /* CHAP done */                    \
    X(0x17, POST_LOGIN,      "login")      /* full feature phase */           \
    X(0x18, POST_LUN,        "lun")        /* capacity known */               \
    X(0x19, POST_INT13,      "int13")      /* INT 13h hooked */               \
    X(0x1a, POST_HANDOFF,    "handoff")    /* scratch pad, iBFT written */    \
    X(0x1b, POST_BOOTSECTOR, "bootsector") /* LBA 0 read to 0000:7C00 */      \
    X(0x1c, POST_DHCP,       "dhcp")       /* PXE: address and boot file */   \
    X(0x1d, POST_PROGRAM,    "program")    /* PXE: file read to 0000:7C00 */  \
    X(0x20, POST_RELOGIN,    "relogin")    /* session restored in INT 13h */  \
    X(0xff, POST_RELEASED,   "released")   /* next boot device */

/* Ranges: POST_FAILOVER + n tries portal or adapter n; POST_FAIL + group. */
#define POST_FAILOVER 0x30
#define POST_FAILOVER_LAST 0x3f
#define POST_FAIL 0xe0
#define POST_FAIL_LAST 0xef

#define POST_ENUM(code, constant, name) constant = (code),
enum post_stage { POST_STAGES(POST_ENUM) };
#undef POST_ENUM

#endif
