/*
 * Registers as data where there is no QEMU: REG32 and FIELD declare them,
 * FIELD_EX32 and FIELD_DP32 read and replace one field of a value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDALONE_HW_REGISTERFIELDS_H
#define STANDALONE_HW_REGISTERFIELDS_H

/* A_REG is the register's byte address, R_REG its index as a 32-bit word. */
#define REG32(reg, address) enum { A_##reg = (address), \
                                   R_##reg = (address) / 4 };

#define FIELD(reg, field, shift, length)                          \
    enum { R_##reg##_##field##_SHIFT = (shift) };                 \
    enum { R_##reg##_##field##_LENGTH = (length) };               \
    enum { R_##reg##_##field##_MASK =                             \
               (int)((0xffffffffu >> (32 - (length))) << (shift)) };

#define FIELD_EX32(value, reg, field)                             \
    (((uint32_t)(value) & (uint32_t)R_##reg##_##field##_MASK) >>  \
     R_##reg##_##field##_SHIFT)

#define FIELD_DP32(value, reg, field, to)                         \
    (((uint32_t)(value) & ~(uint32_t)R_##reg##_##field##_MASK) |  \
     (((uint32_t)(to) << R_##reg##_##field##_SHIFT) &             \
      (uint32_t)R_##reg##_##field##_MASK))

#define ARRAY_FIELD_EX32(regs, reg, field) \
    FIELD_EX32((regs)[R_##reg], reg, field)
#define ARRAY_FIELD_DP32(regs, reg, field, to) \
    ((regs)[R_##reg] = FIELD_DP32((regs)[R_##reg], reg, field, to))

#endif
