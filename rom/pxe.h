/*
 * The PXE programming interface, version 2.1: opcodes, status codes, and the
 * layouts of parameter blocks and structures.  All little endian and packed,
 * but for IPv4 addresses and UDP ports, which are in network order.
 *
 * Source: Preboot Execution Environment (PXE) Specification 2.1, chapters 3
 * (structures, UNDI loader) and 4 (calls).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_PXE_H
#define ROM_PXE_H

#include <stdint.h>

#include "qemu/osdep.h"

#define PXE_VERSION 0x0201
#define PXE_EXIT_SUCCESS 0
#define PXE_EXIT_FAILURE 1

/* INT 1Ah, AX on entry and on return: where is PXENV+? */
#define PXE_INT1A_ASK 0x5650
#define PXE_INT1A_ANSWER 0x564e

enum pxe_opcode {
    PXE_START_UNDI = 0x00,
    PXE_UNDI_STARTUP = 0x01,
    PXE_UNDI_CLEANUP = 0x02,
    PXE_UNDI_INITIALIZE = 0x03,
    PXE_UNDI_RESET_ADAPTER = 0x04,
    PXE_UNDI_SHUTDOWN = 0x05,
    PXE_UNDI_OPEN = 0x06,
    PXE_UNDI_CLOSE = 0x07,
    PXE_UNDI_TRANSMIT = 0x08,
    PXE_UNDI_SET_MCAST_ADDRESS = 0x09,
    PXE_UNDI_SET_STATION_ADDRESS = 0x0a,
    PXE_UNDI_SET_PACKET_FILTER = 0x0b,
    PXE_UNDI_GET_INFORMATION = 0x0c,
    PXE_UNDI_GET_STATISTICS = 0x0d,
    PXE_UNDI_CLEAR_STATISTICS = 0x0e,
    PXE_UNDI_INITIATE_DIAGS = 0x0f,
    PXE_UNDI_FORCE_INTERRUPT = 0x10,
    PXE_UNDI_GET_MCAST_ADDRESS = 0x11,
    PXE_UNDI_GET_NIC_TYPE = 0x12,
    PXE_UNDI_GET_IFACE_INFO = 0x13,
    PXE_UNDI_ISR = 0x14,
    PXE_STOP_UNDI = 0x15,           /* the number of UNDI_GET_STATE, too */
    PXE_TFTP_OPEN = 0x20,
    PXE_TFTP_CLOSE = 0x21,
    PXE_TFTP_READ = 0x22,
    PXE_TFTP_READ_FILE = 0x23,
    PXE_TFTP_GET_FSIZE = 0x25,
    PXE_UDP_OPEN = 0x30,
    PXE_UDP_CLOSE = 0x31,
    PXE_UDP_READ = 0x32,
    PXE_UDP_WRITE = 0x33,
    PXE_UNLOAD_STACK = 0x70,
    PXE_GET_CACHED_INFO = 0x71,
    PXE_RESTART_TFTP = 0x73,
    PXE_START_BASE = 0x75,
    PXE_STOP_BASE = 0x76,
};

enum pxe_status {
    PXE_SUCCESS = 0x00,
    PXE_FAILURE = 0x01,
    PXE_BAD_FUNCTION = 0x02,
    PXE_UNSUPPORTED = 0x03,
    PXE_KEEP_UNDI = 0x04,
    PXE_OUT_OF_RESOURCES = 0x06,
    PXE_ARP_TIMEOUT = 0x11,
    PXE_UDP_CLOSED = 0x18,
    PXE_UDP_IS_OPEN = 0x19,
    PXE_TFTP_CLOSED = 0x1a,
    PXE_TFTP_IS_OPEN = 0x1b,
    PXE_TFTP_CANNOT_ARP = 0x30,
    PXE_TFTP_OPEN_TIMEOUT = 0x32,
    PXE_TFTP_UNKNOWN_OPCODE = 0x33,
    PXE_TFTP_READ_TIMEOUT = 0x35,
    PXE_TFTP_ERROR_OPCODE = 0x36,
    PXE_TFTP_FILE_NOT_FOUND = 0x3b,
    PXE_TFTP_ACCESS_VIOLATION = 0x3c,
    PXE_TFTP_NO_FILESIZE = 0x3e,
    PXE_TFTP_INVALID_PACKET_SIZE = 0x3f,
    PXE_UNDI_MEDIATEST_FAILED = 0x61,
    PXE_UNDI_CANNOT_INITIALIZE_NIC = 0x63,
    PXE_UNDI_BAD_MAC_ADDRESS = 0x67,
    PXE_UNDI_INVALID_STATE = 0x6a,
    PXE_UNDI_TRANSMIT_ERROR = 0x6b,
    PXE_UNDI_INVALID_PARAMETER = 0x6c,
    PXE_NOT_IN_PROTECTED_MODE = 0xa2,
    PXE_DEVICE_NOT_SUPPORTED = 0xb0,
    PXE_LOADER_BAD_DRIVER = 0xc6,
    PXE_LOADER_UNDI_START = 0xca,
};

/* A real-mode pointer. */
struct pxe_pointer {
    uint16_t offset, segment;
} QEMU_PACKED;

/* A segment as a client in protected mode would describe it. */
struct pxe_segment {
    uint16_t segment;
    uint32_t base;                  /* linear */
    uint16_t size;
} QEMU_PACKED;

#define PXE_SEGMENTS 7

/* "!PXE" */
struct pxe_structure {
    char signature[4];
    uint8_t length, checksum, revision, reserved;
    struct pxe_pointer undi_rom_id, base_rom_id;
    struct pxe_pointer entry_sp, entry_esp, status_callout;
    uint8_t reserved2, segment_count;
    uint16_t first_selector;
    struct pxe_segment stack, undi_data, undi_code, undi_code_write;
    struct pxe_segment base_data, base_code, base_code_write;
} QEMU_PACKED;

/* "PXENV+", for clients of before version 2.1 and those that look for it. */
struct pxe_environment {
    char signature[6];
    uint16_t version;
    uint8_t length, checksum;
    struct pxe_pointer entry;
    uint32_t protected_offset;
    uint16_t protected_selector;
    uint16_t stack_segment, stack_size;
    uint16_t base_code_segment, base_code_size;
    uint16_t base_data_segment, base_data_size;
    uint16_t undi_data_segment, undi_data_size;
    uint16_t undi_code_segment, undi_code_size;
    struct pxe_pointer pxe;
} QEMU_PACKED;

/* What the UNDI loader is given and gives back. */
struct pxe_undi_loader {
    uint16_t status;
    uint16_t ax, bx, dx, di, es;    /* AX: bus, device, function */
    uint16_t undi_data_segment, undi_code_segment;
    struct pxe_pointer pxe, environment;
} QEMU_PACKED;

/* Every parameter block begins with its status. */
struct pxe_start_undi {
    uint16_t status;
    uint16_t ax, bx, dx, di, es;
} QEMU_PACKED;

#define PXE_MULTICAST_MAX 8

struct pxe_mac {
    uint8_t bytes[16];              /* the first six count */
} QEMU_PACKED;

struct pxe_multicast {
    uint16_t count;
    struct pxe_mac address[PXE_MULTICAST_MAX];
} QEMU_PACKED;

struct pxe_reset {
    uint16_t status;
    struct pxe_multicast multicast;
} QEMU_PACKED;

/* Bits of a packet filter. */
enum {
    PXE_FILTER_DIRECTED = 1 << 0,
    PXE_FILTER_BROADCAST = 1 << 1,
    PXE_FILTER_PROMISCUOUS = 1 << 2,
};

struct pxe_open {
    uint16_t status;
    uint16_t flag, filter;
    struct pxe_multicast multicast;
} QEMU_PACKED;

/* Protocols, of frames to send and of received ones. */
enum {
    PXE_PROTOCOL_UNKNOWN = 0,       /* to send: the header is there */
    PXE_PROTOCOL_IP = 1,
    PXE_PROTOCOL_ARP = 2,
    PXE_PROTOCOL_RARP = 3,
    PXE_PROTOCOL_OTHER = 4,
};

enum {
    PXE_TO_ADDRESS = 0,
    PXE_TO_ALL = 1,
};

struct pxe_transmit {
    uint16_t status;
    uint8_t protocol, flag;
    struct pxe_pointer destination; /* six bytes */
    struct pxe_pointer descriptor;  /* struct pxe_transmit_descriptor */
    uint32_t reserved[2];
} QEMU_PACKED;

#define PXE_DATA_BLOCKS 8
#define PXE_POINTER_REAL 1          /* the only type that 2.1 allows */

struct pxe_data_block {
    uint8_t type, reserved;
    uint16_t length;
    struct pxe_pointer data;
} QEMU_PACKED;

struct pxe_transmit_descriptor {
    uint16_t immediate_length;
    struct pxe_pointer immediate;
    uint16_t count;
    struct pxe_data_block block[PXE_DATA_BLOCKS];
} QEMU_PACKED;

struct pxe_station {
    uint16_t status;
    struct pxe_mac address;
} QEMU_PACKED;

struct pxe_filter {
    uint16_t status;
    uint8_t filter;
} QEMU_PACKED;

#define PXE_HARDWARE_ETHERNET 1

struct pxe_information {
    uint16_t status;
    uint16_t base_io, interrupt, mtu, hardware_type, address_length;
    struct pxe_mac current, permanent;
    uint16_t rom_segment;
    uint16_t rx_buffers, tx_buffers;
} QEMU_PACKED;

struct pxe_statistics {
    uint16_t status;
    uint32_t sent, received, crc_errors, resource_errors;
} QEMU_PACKED;

struct pxe_multicast_address {
    uint16_t status;
    uint8_t ip[4];
    struct pxe_mac address;
} QEMU_PACKED;

#define PXE_NIC_PCI 2

struct pxe_nic_type {
    uint16_t status;
    uint8_t type;
    uint16_t vendor, device;
    uint8_t base_class, sub_class, interface, revision;
    uint16_t bdf;
    uint16_t subsystem_vendor, subsystem;
} QEMU_PACKED;

/* Bits of the services. */
enum {
    PXE_SERVICE_BROADCAST = 0x0001,
    PXE_SERVICE_MULTICAST = 0x0002,
    PXE_SERVICE_GROUP = 0x0004,
    PXE_SERVICE_PROMISCUOUS = 0x0008,
    PXE_SERVICE_STATION = 0x0010,
    PXE_SERVICE_DIAGNOSTICS = 0x0040,
    PXE_SERVICE_RESET = 0x0400,
    PXE_SERVICE_OPEN_CLOSE = 0x0800,
};

struct pxe_interface {
    uint16_t status;
    char type[16];
    uint32_t speed;                 /* bit/s */
    uint32_t services;
    uint32_t reserved[4];
} QEMU_PACKED;

/* What UNDI_ISR is asked ... */
enum {
    PXE_ISR_START = 1,
    PXE_ISR_PROCESS = 2,
    PXE_ISR_GET_NEXT = 3,
};

/* ... and answers, to START and to the other two. */
enum {
    PXE_ISR_OURS = 0,
    PXE_ISR_NOT_OURS = 1,
    PXE_ISR_DONE = 0,
    PXE_ISR_TRANSMIT = 2,
    PXE_ISR_RECEIVE = 3,
};

enum {
    PXE_PACKET_DIRECTED = 0,
    PXE_PACKET_BROADCAST = 1,
    PXE_PACKET_MULTICAST = 2,
};

struct pxe_isr {
    uint16_t status;
    uint16_t function;
    uint16_t buffer_length, frame_length, header_length;
    struct pxe_pointer frame;
    uint8_t protocol, packet;
} QEMU_PACKED;

/* The packets that UNDI_GET_CACHED_INFO has. */
enum {
    PXE_CACHED_DISCOVER = 1,        /* DHCPDISCOVER that we sent */
    PXE_CACHED_ACK = 2,             /* DHCPACK */
    PXE_CACHED_REPLY = 3,           /* boot server's */
};
#define PXE_CACHED 3

struct pxe_cached_info {
    uint16_t status;
    uint16_t type, size;
    struct pxe_pointer buffer;
    uint16_t limit;
} QEMU_PACKED;

#define PXE_FILE_NAME 128

struct pxe_tftp_open {
    uint16_t status;
    uint8_t server[4], gateway[4];
    char file[PXE_FILE_NAME];
    uint8_t port[2];
    uint16_t packet_size;
} QEMU_PACKED;

struct pxe_tftp_read {
    uint16_t status;
    uint16_t packet, size;
    struct pxe_pointer buffer;
} QEMU_PACKED;

struct pxe_tftp_read_file {
    uint16_t status;
    char file[PXE_FILE_NAME];
    uint32_t size;
    uint32_t buffer;                /* linear */
    uint8_t server[4], gateway[4], multicast[4];
    uint8_t client_port[2], server_port[2];
    uint16_t open_timeout, reopen_delay;
} QEMU_PACKED;

struct pxe_tftp_size {
    uint16_t status;
    uint8_t server[4], gateway[4];
    char file[PXE_FILE_NAME];
    uint32_t size;
} QEMU_PACKED;

struct pxe_udp_open {
    uint16_t status;
    uint8_t ip[4];
} QEMU_PACKED;

struct pxe_udp_read {
    uint16_t status;
    uint8_t source[4], destination[4];
    uint8_t source_port[2], destination_port[2];
    uint16_t size;
    struct pxe_pointer buffer;
} QEMU_PACKED;

struct pxe_udp_write {
    uint16_t status;
    uint8_t ip[4], gateway[4];
    uint8_t source_port[2], destination_port[2];
    uint16_t size;
    struct pxe_pointer buffer;
} QEMU_PACKED;

QEMU_BUILD_BUG_ON(sizeof(struct pxe_structure) != 0x58);
QEMU_BUILD_BUG_ON(sizeof(struct pxe_environment) != 0x2c);
QEMU_BUILD_BUG_ON(sizeof(struct pxe_undi_loader) != 0x18);

#endif
