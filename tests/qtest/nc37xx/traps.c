/*
 * NC37xx adapters: what drivers were seen, or are known, to stumble over and
 * no other file tells.  The table in docs/testing.md has them all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define LONG_RUN 300
#define TBDC_LINES 32

static void coal_now(QNc37xx *nc)
{
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
}

static void acknowledge(QNc37xx *nc)
{
    nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK |
                 nc37xx_status16(nc, STATUS_IDX));
}

/* T18: the revisions before these need help that drivers no longer give. */
static void late_revision(QNc37xx *nc)
{
    uint32_t id = nc37xx_read(nc, A_MISC_ID);
    uint32_t revision = FIELD_EX32(id, MISC_ID, CHIP_REV) << 8 |
                        FIELD_EX32(id, MISC_ID, CHIP_METAL);

    g_assert_cmphex(revision, >=,
                    FIELD_EX32(id, MISC_ID, CHIP_NUM) == 0x5706 ? 0x002 :
                    0x102);
    g_assert_cmphex(nc37xx_indirect_read(nc, RBUF_STATUS1) & 0x3ff, ==, 0);
}

static void expect_attention(QNc37xx *nc, uint32_t bits)
{
    coal_now(nc);
    g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS), ==, bits);
}

/* T19: any other bit, and FreeBSD resets the adapter again and again. */
static void attention_is_the_link(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_ATTENTION_ENA, 0xffffffff);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, 0xffffffff);
    expect_attention(nc, STATUS_ATTN_LINK_STATE);
    nc37xx_expect_sent(nc, 100, 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    expect_attention(nc, STATUS_ATTN_LINK_STATE);
    nc37xx_set_link(nc, false);
    expect_attention(nc, 0);
    nc37xx_tx_bd(nc, UINT64_MAX - 0xffff, 100,
                 TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    expect_attention(nc, 0);
    nc37xx_set_link(nc, true);
}

/* T25: the bits above 40 are not cut off to reach memory that is there. */
static void high_addresses(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 3);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    nc37xx_tx_bd(nc, 1ull << 40 | nc->buffer, sizeof(frame),
                 TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_restart(nc);
    nc37xx_expect_sent(nc, 100, 4);
}

/* T29, M7: the type would not even be created. */
static void properties(QNc37xx *nc)
{
    static const char *const names[] = { "mac", "netdev", "bootindex" };
    g_autoptr(QDict) reply = NULL;
    QList *list;
    QListEntry *entry;
    unsigned found = 0;

    reply = qtest_qmp(nc->qts, "{'execute': 'device-list-properties',"
                      "'arguments': {'typename': %s}}", nc->facts->type);
    list = qdict_get_qlist(reply, "return");
    g_assert_nonnull(list);
    QLIST_FOREACH_ENTRY(list, entry) {
        QDict *property = qobject_to(QDict, qlist_entry_obj(entry));

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            found += g_str_equal(qdict_get_str(property, "name"), names[i]);
        }
    }
    g_assert_cmpuint(found, ==, ARRAY_SIZE(names));
}

/* T29: the machine's reset is the adapter's. */
static void system_reset(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    qtest_system_reset(nc->qts);
    qpci_device_enable(&nc->dev);
    nc->bar = qpci_iomap(&nc->dev, 0, NULL);
    nc37xx_expect_alive(nc);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_STATUS), ==, 0);
    g_assert_cmphex(nc37xx_read(nc, A_HC_STATUS_ADDR_L), ==, 0);
    nc37xx_restart(nc);
    nc37xx_expect_sent(nc, 100, 5);
}

/* C1: whatever the thresholds are, iPXE reads the consumer once only. */
static void nothing_is_delayed(QNc37xx *nc)
{
    static const struct {
        uint32_t trip, ticks;
    } settings[] = {
        { 0, 0 }, { 0x00010001, 0 }, { 0x00ff00ff, 0x03ff03ff },
        { 0, 0x03ff03ff },
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
        uint8_t frame[80];

        nc37xx_write(nc, A_HC_TX_QUICK_CONS_TRIP, settings[i].trip);
        nc37xx_write(nc, A_HC_RX_QUICK_CONS_TRIP, settings[i].trip);
        nc37xx_write(nc, A_HC_TX_TICKS, settings[i].ticks);
        nc37xx_write(nc, A_HC_RX_TICKS, settings[i].ticks);
        nc37xx_frame_fill_out(frame, sizeof(frame), i);
        nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
        g_assert_cmphex(nc37xx_tx_consumer(nc), ==, nc->tx_producer);
        nc37xx_frame_fill(frame, sizeof(frame), i);
        nc37xx_expect_received(nc, frame, sizeof(frame));
    }
}

/* C5: the mode at the time of a frame counts, when it was set does not. */
static void tag_mode_counts_at_once(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    for (unsigned keep = 0; keep < 4; keep++) {
        uint64_t at;

        nc37xx_write(nc, A_EMAC_RX_MODE, R_EMAC_RX_MODE_SORT_MODE_MASK |
                     (keep % 2 ? R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK : 0));
        nc37xx_frame_fill(frame, sizeof(frame), keep);
        stl_be_p(frame + 12, 0x81000007);
        nc37xx_wire_send(nc, frame, sizeof(frame));
        at = nc37xx_rx_wait(nc);
        g_assert_cmpuint(nc37xx_guest16(nc, at + L2_FHDR_PKT_LEN), ==,
                         keep % 2 ? 104 : 100);
    }
}

/* M6: pci_pm_init() of QEMU leaves both to the device. */
static void power_management(QNc37xx *nc)
{
    uint16_t capabilities = qpci_config_readw(&nc->dev, NC37XX_CAP_PM +
                                              PCI_PM_PMC);

    g_assert_cmphex(capabilities & PCI_PM_CAP_VER_MASK, ==, 2);
    g_assert_true(capabilities & PCI_PM_CAP_PME_D3hot);
    qpci_config_writew(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL, 0x7fff);
    g_assert_cmphex(qpci_config_readw(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL),
                    ==, PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_STATE_MASK);
    qpci_config_writew(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL, 0);
    nc37xx_expect_alive(nc);
}

/* So that above 4 GiB there is memory with bit 31 of the low word set. */
static const char *five_gib(void)
{
    return "-m 5G -machine max-ram-below-4g=2G";
}

/* M8: with everything that has an address there. */
static void high_memory(QNc37xx *nc)
{
    const uint64_t high = 0x190000000, pages = high + 0x30000;
    const uint64_t page = high + 0x40000;
    const uint32_t rx = NC37XX_CID_RX * NC37XX_CONTEXT_SIZE;
    const size_t first = 128;
    uint8_t frame[1000], got[1000];
    uint64_t at;

    nc37xx_bring_up(nc);
    nc->status = high;
    nc->statistics = high + STATUS_BLOCK_RESERVED;
    for (unsigned i = 0; i < NC37XX_RING_PAGES; i++) {
        nc->tx_page[i] = high + 0x10000 + i * NC37XX_PAGE;
        nc->rx_page[i] = high + 0x20000 + i * NC37XX_PAGE;
    }
    nc->buffer = high + 0x100000;
    nc->rx_buffers = high + 0x200000;
    nc37xx_restart(nc);
    nc37xx_expect_sent(nc, 600, 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_OCTETS), ==, 1004);

    nc37xx_context_write(nc, rx + RX_CTX_PG_BUF_SIZE,
                         (first + RX_FRAME_OFFSET) << 16 | NC37XX_PAGE);
    nc37xx_context_write(nc, rx + RX_CTX_PG_BDHADDR_HI, pages >> 32);
    nc37xx_context_write(nc, rx + RX_CTX_PG_BDHADDR_LO, (uint32_t)pages);
    qtest_writel(nc->qts, pages + BD_HADDR_HI, page >> 32);
    qtest_writel(nc->qts, pages + BD_HADDR_LO, (uint32_t)page);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_PG_BDIDX, 1);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    at = nc37xx_rx_wait(nc);
    qtest_memread(nc->qts, at + RX_FRAME_OFFSET, got, first);
    qtest_memread(nc->qts, page, got + first, sizeof(got) - first);
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
}

/*
 * M9: Linux repairs a lost message within a second and says nothing, so that
 * only a count shows it.  Work comes before, between and after the steps of
 * the handler.
 */
static void no_message_is_lost(QNc37xx *nc)
{
    uint64_t to = nc37xx_msi_enable(nc);

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < LONG_RUN; i++) {
        uint16_t seen;

        acknowledge(nc);
        nc37xx_msi_came(nc, to);
        coal_now(nc);
        g_assert_true(nc37xx_msi_came(nc, to));
        if (i % 3 == 0) {
            coal_now(nc);
            g_assert_false(nc37xx_msi_came(nc, to));
        }
        nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                     R_PCICFG_INT_ACK_CMD_USE_INT_HC_PARAM_MASK |
                     R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
        seen = nc37xx_status16(nc, STATUS_IDX);
        if (i % 2) {
            coal_now(nc);
        }
        nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                     R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | seen);
        g_assert_cmpint(nc37xx_msi_came(nc, to), ==, i % 2);
    }
}

/* What Linux reads when it thinks that transmission hangs: bnx2_dump_ftq. */
static void timeout_dump(QNc37xx *nc)
{
    static const uint32_t queues[] = {
        A_RV2P_PFTQ_CTL, A_RV2P_TFTQ_CTL, A_RV2P_MFTQ_CTL, A_TBDR_FTQ_CTL,
        A_TDMA_FTQ_CTL, RXP_CFTQ_CTL, COM_COMXQ_FTQ_CTL, COM_COMTQ_FTQ_CTL,
    };
    static const uint16_t words[] = {
        CPU_MODE, CPU_STATE, CPU_EVENT_MASK, CPU_PROGRAM_COUNTER,
        CPU_INSTRUCTION, CPU_FTQ_CTL,
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(queues); i++) {
        g_assert_cmphex(nc37xx_indirect_read(nc, queues[i]), ==, 0);
    }
    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
            nc37xx_indirect_read(nc, NC37XX_CPU_FIRST +
                                 cpu * NC37XX_CPU_BLOCK + words[i]);
        }
    }
    g_assert_cmphex(nc37xx_read(nc, A_TBDC_STATUS), ==, 0);
    for (unsigned line = 0; line < TBDC_LINES; line++) {
        nc37xx_write(nc, A_TBDC_BD_ADDR, line);
        nc37xx_write(nc, A_TBDC_CAM_OPCODE, TBDC_CAM_OPCODE_CAM_READ);
        nc37xx_write(nc, A_TBDC_COMMAND, R_TBDC_COMMAND_CMD_REG_ARB_MASK);
        g_assert_false(FIELD_EX32(nc37xx_read(nc, A_TBDC_COMMAND),
                                  TBDC_COMMAND, CMD_REG_ARB));
        nc37xx_read(nc, A_TBDC_CID);
        nc37xx_read(nc, A_TBDC_BIDX);
        g_assert_cmphex(FIELD_EX32(nc37xx_read(nc, A_TBDC_CAM_OPCODE),
                                   TBDC_CAM_OPCODE, CAM_VALIDS), ==, 0);
    }
    nc37xx_read(nc, A_HC_STATS_INTERRUPT_STATUS);
    nc37xx_expect_sent(nc, 100, 6);
}

/* 5.1: addresses are linear, whatever the map of context pages says. */
static void context_map(QNc37xx *nc)
{
    nc37xx_context_write(nc, 0x0c4, 0x11111111);
    nc37xx_context_write(nc, 0x4c4, 0x22222222);
    nc37xx_write(nc, A_CTX_VIRT_ADDR, 0x0c0);
    nc37xx_write(nc, A_CTX_PAGE_TBL, 0x4c0);
    g_assert_cmphex(nc37xx_read(nc, A_CTX_VIRT_ADDR), ==, 0x0c0);
    g_assert_cmphex(nc37xx_read(nc, A_CTX_PAGE_TBL), ==, 0x4c0);
    g_assert_cmphex(nc37xx_context_read(nc, 0x0c4), ==, 0x11111111);
    g_assert_cmphex(nc37xx_context_read(nc, 0x4c4), ==, 0x22222222);
}

static void force(QNc37xx *nc, uint32_t how)
{
    nc37xx_write(nc, A_HC_COMMAND, how << R_HC_COMMAND_FORCE_INT_SHIFT);
}

static void forced_pin(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    acknowledge(nc);
    force(nc, HC_FORCE_INT_LOW);
    g_assert_true(nc37xx_intx(nc));
    force(nc, HC_FORCE_INT_HIGH);
    coal_now(nc);
    g_assert_false(nc37xx_intx(nc));
    force(nc, HC_FORCE_INT_FREE);
    g_assert_true(nc37xx_intx(nc));
    acknowledge(nc);
    g_assert_false(nc37xx_intx(nc));
}

/* 6.2: as a driver on a big-endian machine has it. */
static void big_endian_blocks(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    index = nc37xx_status16(nc, STATUS_IDX);
    nc37xx_write(nc, A_DMA_CONFIG, R_DMA_CONFIG_DATA_BYTE_SWAP_MASK |
                 R_DMA_CONFIG_DATA_WORD_SWAP_MASK |
                 R_DMA_CONFIG_CNTL_WORD_SWAP_MASK |
                 R_DMA_CONFIG_CNTL_BYTE_SWAP_MASK);
    coal_now(nc);
    g_assert_cmphex(bswap32(nc37xx_status32(nc, STATUS_BLOCK_NUM)), ==,
                    (uint32_t)(index + 1) << 16);
    g_assert_cmphex(bswap32(nc37xx_status32(nc, STATUS_ATTN_BITS)), ==,
                    STATUS_ATTN_LINK_STATE);
}

static const Nc37xxCase cases[] = {
    { "revision_is_late_enough_to_need_no_help", late_revision },
    { "attention_is_never_for_anything_but_the_link", attention_is_the_link },
    { "addresses_above_40_bits_are_not_cut_off", high_addresses },
    { "properties_are_listed", properties },
    { "system_reset_resets_the_adapter", system_reset },
    { "coalescing_registers_delay_nothing", nothing_is_delayed },
    { "tag_mode_counts_for_the_next_frame", tag_mode_counts_at_once },
    { "power_management_capability_is_complete", power_management },
    { "addresses_above_4_gib_with_bit_31_reach_everything", high_memory,
      five_gib },
    { "no_message_is_lost_in_a_long_run", no_message_is_lost },
    { "dump_of_a_transmit_timeout_reads_through", timeout_dump },
    { "context_map_is_storage", context_map },
    { "interrupt_pin_can_be_forced", forced_pin },
    { "control_data_are_big_endian_on_request", big_endian_blocks },
};

static void register_tests(void)
{
    nc37xx_register_cases("traps", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
