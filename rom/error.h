/*
 * Why there is no disk: every reason has a number and a text on the console,
 * and belongs to the POST stage that was not reached.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_ERROR_H
#define ROM_ERROR_H

#include <stdint.h>

/*
 * Number, constant, what the console says; %x and %I take the detail of
 * struct rom_failure.  The tens digit is the group: the low digit of the
 * POST stage that was not reached (ncsim/post_codes.h), so that the failure
 * shows as POST_FAIL + group.
 */
#define ROM_ERRORS(X)                                                        \
    X(1,  NO_MEMORY,           "No memory for the boot ROM")                 \
    X(2,  OTHER_ROM,           "Another version of this ROM is active")      \
    X(3,  NO_ADAPTER,          "The adapter does not answer")                \
    X(4,  ADAPTER_FIRMWARE,    "The adapter's firmware does not answer "     \
                               "(state %x)")                                 \
    X(5,  ADAPTER_MEMORY,      "No memory for the adapter's rings")          \
    X(10, NO_MAILBOX,          "iLO does not answer")                        \
    X(11, NO_CONFIGURATION,    "Invalid Configuration Data: none in iLO")    \
    X(12, INVALID_CONFIGURATION, "Invalid Configuration Data")               \
    X(13, MAILBOX_FAILED,      "iLO gives no proper answer")                 \
    X(20, ABORTED,             "Stopped by the keyboard")                    \
    X(21, CONNECT_TIME,        "No connection within the time allowed")      \
    X(30, LINK_DOWN,           "No link")                                    \
    X(40, NO_ARP_ANSWER,       "No ARP answer from %I")                      \
    X(50, CONNECTION_REFUSED,  "Connection refused by %I")                   \
    X(51, CONNECT_TIMEOUT,     "Connection to %I timed out")                 \
    X(52, CONNECTION_LOST,     "Connection closed by %I")                    \
    X(60, TARGET_UNKNOWN,      "Target name unknown (login status %04x)")    \
    X(61, AUTH_FAILED,         "Authentication failed (login status %04x)")  \
    X(62, TARGET_NOT_PROVEN,   "The target failed mutual authentication")    \
    X(63, AUTH_METHOD,         "The target offers no authentication method " \
                               "of ours")                                    \
    X(70, LOGIN_REFUSED,       "Login refused (status %04x)")                \
    X(71, LOGIN_TIMEOUT,       "Login timed out")                            \
    X(72, LOGIN_PROTOCOL,      "Login failed: protocol error %x")            \
    X(73, TARGET_MOVED,        "Too many redirections (status %04x)")        \
    X(80, LUN_MISSING,         "LUN %u does not exist")                      \
    X(81, LUN_NOT_READY,       "LUN is not ready (sense %x)")                \
    X(82, LUN_NOT_A_DISK,      "LUN %u is not a disk")                       \
    X(83, LUN_BLOCK_SIZE,      "LUN has blocks of %u bytes")                 \
    X(84, LUN_TIMEOUT,         "LUN does not answer")                        \
    X(90, DRIVE_NUMBERS,       "No drive number left")                       \
    X(91, BASE_MEMORY,         "Not enough base memory")                     \
    X(100, HANDOFF,            "The facts do not fit into the adapter")      \
    X(110, NO_BOOT_SIGNATURE,  "LUN has no boot signature")                  \
    X(111, BOOT_SECTOR,        "Boot sector unreadable (status %x)")         \
    X(112, LUN_TOO_SMALL,      "LUN ends %u MiB before its partitions do")   \
    X(120, NO_DHCP_ANSWER,     "No DHCP server answers")                     \
    X(121, NO_BOOT_FILE,       "DHCP names no boot file")                    \
    X(130, NO_PROGRAM,         "Boot file not loaded (PXE status %02x)")

#define ROM_ERROR_ENUM(number, constant, text) ROM_##constant = (number),
enum rom_error {
    ROM_OK = 0,
    ROM_ERRORS(ROM_ERROR_ENUM)
};
#undef ROM_ERROR_ENUM

/* @detail: what %x prints, or an IPv4 address as four bytes in memory. */
struct rom_failure {
    enum rom_error error;
    uint32_t detail;
};

/* The format of @error's text; "unknown error" for a number not listed. */
const char *rom_error_text(enum rom_error error);

/* The POST code of @error: POST_FAIL + group. */
uint8_t rom_error_post(enum rom_error error);

/* Prints "Error 40: No ARP answer from 10.0.2.2" and a line end. */
void rom_error_print(const struct rom_failure *failure);

#endif
