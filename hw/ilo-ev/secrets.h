/*
 * Secrets in the boot configuration, and how they are read by those who may
 * not know them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_SECRETS_H
#define HW_ILO_EV_SECRETS_H

/* Is @name the EV of a boot configuration? */
bool ilo_has_secrets(const char *name);

/*
 * Copies a boot configuration of @size bytes to @out, at most @room, @size or
 * more of them, with each secret as eight asterisks whatever its length, and
 * a checksum that is right.  One that is damaged, so that nobody knows where
 * its secrets are, or that would not fit, becomes asterisks altogether.
 * Returns the size of what is in @out.
 */
size_t ilo_mask_secrets(const uint8_t *data, size_t size, uint8_t *out,
                        size_t room);

#endif
