/*
 * A processor exception in the core: say where, and stop the machine there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdint.h>

#include "block.h"
#include "debug.h"
#include "layout.h"
#include "post.h"

/* As pushed by the processor and by head.S. */
struct fault_frame {
    uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
    uint32_t exception, code, eip, cs, flags;
};

void fault(const struct fault_frame *frame)
{
    uint32_t cr2;

    __asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
    debug_printf("\nfault %u code %x at core+%x (core at %08x)\n",
                 frame->exception, frame->code,
                 frame->eip - (uint32_t)block_header,
                 (uint32_t)block_header);
    debug_printf("eax %08x ebx %08x ecx %08x edx %08x cr2 %08x\n",
                 frame->eax, frame->ebx, frame->ecx, frame->edx, cr2);
    debug_printf("esi %08x edi %08x ebp %08x esp %08x flags %08x\n",
                 frame->esi, frame->edi, frame->ebp,
                 frame->esp + 5 * 4, frame->flags);
    post_stage(POST_FAIL);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
