/*
 * What the core reports of itself: each event becomes a trace event of the
 * same name, and a guest error is also logged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_EVENTS_H
#define HW_NC37XX_EVENTS_H

/*
 * INFO: normal work.  GUEST: the guest asked for what the chip refuses.
 * X(kind, name, what happened, first value, second value)
 */
#define NC37XX_EVENTS(X)                                                     \
    X(INFO,  core_reset, "core reset", "message code", "PCI reset")          \
    X(INFO,  config_write, "configuration space written by the driver",      \
      "offset", "value")                                                     \
    X(INFO,  fw_message, "boot code acknowledges", "message", "condition")   \
    X(INFO,  link, "link changes", "Mbit/s", "held back")                    \
    X(INFO,  ring_start, "ring starts", "context address", "page")           \
    X(INFO,  status_post, "status block posted", "index", "attention")       \
    X(INFO,  interrupt, "interrupt state", "asserted", "MSI")                \
    X(INFO,  statistics_post, "statistics block posted", "address", "")      \
    X(INFO,  tx_packet, "packet fetched", "bytes", "flags")                  \
    X(INFO,  tx_large, "packet handed over in one piece", "bytes", "mss")    \
    X(INFO,  tx_drop_link, "frame dropped, no link", "bytes", "")            \
    X(INFO,  rx_frame, "frame received", "bytes", "status")                  \
    X(INFO,  rx_filtered, "frame not for us", "bytes", "destination")        \
    X(INFO,  rx_disabled, "frame dropped, receiver off", "bytes", "enables") \
    X(INFO,  rx_oversize, "frame too long", "bytes", "limit")                \
    X(INFO,  rx_large, "large packet refused", "bytes", "kind")              \
    X(INFO,  rx_partial, "checksum outside the frame", "bytes", "offset")    \
    X(INFO,  rx_bad_fcs, "frame with a bad FCS", "bytes", "kept")            \
    X(INFO,  rx_wait, "no receive buffer", "consumer", "producer")           \
    X(INFO,  pause, "pause of our transmission", "quanta, 0 at its end",     \
      "Mbit/s")                                                              \
    X(INFO,  pause_sent, "pause frame sent", "quanta", "buffers left")       \
    X(INFO,  wake, "magic packet", "bytes", "EMAC_MODE")                     \
    X(INFO,  led, "LEDs are set", "EMAC_LED", "MISC_CFG")                    \
    X(INFO,  nvm_write, "NVRAM changed", "offset", "value")                  \
    X(INFO,  nvm_erase, "NVRAM page erased", "offset", "bytes")              \
    X(INFO,  nvm_refused, "NVRAM change not kept", "offset", "bytes")        \
    X(INFO,  interrupt_ack, "interrupt acknowledged", "index", "masked")     \
    X(INFO,  attention_ack, "attention acknowledged", "attention",           \
      "acknowledged")                                                        \
    X(INFO,  status_off, "status block not posted", "coalescing on",         \
      "address given")                                                       \
    X(INFO,  statistics_off, "statistics block not posted", "coalescing on", \
      "address given")                                                       \
    X(INFO,  ring_stop, "ring stops", "context address", "")                 \
    X(INFO,  mdio_read, "transceiver read", "register", "value")             \
    X(INFO,  mdio_write, "transceiver written", "register", "value")         \
    X(INFO,  nvm_lock, "NVRAM arbitration", "requesters", "command")         \
    X(INFO,  rx_control, "MAC control frame, no pause of ours", "opcode",    \
      "to us")                                                               \
    X(INFO,  register_absent, "part of the chip not modelled",               \
      "GRC address", "value")                                                \
    X(INFO,  fault_rx_drop, "fault: frame lost", "bytes", "")                \
    X(INFO,  fault_rx_duplicate, "fault: frame doubled", "bytes", "")        \
    X(INFO,  fault_rx_corrupt, "fault: frame damaged", "bytes", "bit")       \
    X(INFO,  fault_rx_delay, "fault: frame held", "bytes", "microseconds")   \
    X(INFO,  fault_rx_reorder, "fault: frame overtaken", "bytes",            \
      "microseconds at most")                                                \
    X(INFO,  fault_tx_drop, "fault: frame lost", "bytes", "")                \
    X(INFO,  fault_tx_duplicate, "fault: frame doubled", "bytes", "")        \
    X(INFO,  fault_tx_corrupt, "fault: frame damaged", "bytes", "bit")       \
    X(INFO,  fault_tx_delay, "fault: frame held", "bytes", "microseconds")   \
    X(INFO,  fault_tx_reorder, "fault: frame overtaken", "bytes",            \
      "microseconds at most")                                                \
    X(INFO,  fault_dma_read, "fault: read fails", "address", "bytes")        \
    X(INFO,  fault_dma_write, "fault: write fails", "address", "bytes")      \
    X(INFO,  fault_msi_lost, "fault: no message", "status index", "")        \
    X(INFO,  fault_intx_lost, "fault: pin stays released", "status index",   \
      "")                                                                    \
    X(INFO,  fault_intx_stuck, "fault: pin stays asserted", "status index",  \
      "")                                                                    \
    X(INFO,  fault_nvram_bit, "fault: bit read wrong", "offset", "bit mask") \
    X(INFO,  fault_fw_silent, "fault: boot code silent", "message", "")      \
    X(INFO,  fault_fw_fail, "fault: boot code fails", "message", "")         \
    X(INFO,  fault_no_room, "frame not held, no room", "bytes", "sent")      \
    X(INFO,  fault_release, "held frame goes on", "bytes", "sent")           \
    X(GUEST, register_unknown, "no such register", "GRC address", "value")   \
    X(GUEST, register_narrow, "write of less than 32 bits ignored",          \
      "offset", "size")                                                      \
    X(GUEST, mailbox_unknown, "no such mailbox", "offset", "value")          \
    X(GUEST, context_outside, "outside context memory", "address", "value")  \
    X(GUEST, dma_failed, "DMA failed", "address", "bytes")                   \
    X(GUEST, ring_page_size, "ring page size not supported", "TBDR_CONFIG",  \
      "")                                                                    \
    X(GUEST, tx_no_start, "packet does not begin with START", "consumer",    \
      "flags")                                                               \
    X(GUEST, tx_too_short, "packet too short", "bytes", "least")             \
    X(GUEST, tx_too_long, "packet too long", "bytes", "limit")               \
    X(GUEST, tx_bad_lso, "segmentation impossible", "bytes", "mss")          \
    X(GUEST, rx_buffer_small, "receive buffer too small", "bytes",           \
      "needed")                                                              \
    X(GUEST, phy_absent, "no PHY at this address", "address", "register")    \
    X(GUEST, nvm_outside, "outside the NVRAM", "address", "command")         \
    X(GUEST, vpd_outside, "outside the vital product data", "address",       \
      "value")                                                               \
    X(GUEST, nvm_protected, "NVRAM write refused", "address", "command")     \
    X(GUEST, window_closed, "register window shows itself", "GRC address",   \
      "value")                                                               \
    X(GUEST, mailbox_read, "nothing to be read there", "offset", "size")     \
    X(GUEST, tx_no_checksum, "no checksum to be put in", "bytes", "flags")   \
    X(GUEST, nvram_damaged, "NVRAM block is damaged", "offset", "")

#define NC37XX_EVENT_ENUM(kind, name, what, a, b) NC37XX_EVENT_##name,
typedef enum Nc37xxEvent {
    NC37XX_EVENTS(NC37XX_EVENT_ENUM)
    NC37XX_EVENT_COUNT,
} Nc37xxEvent;
#undef NC37XX_EVENT_ENUM

#endif
