/*
 * lwIP in the boot ROMs: one interface, no operating system underneath.  The
 * iSCSI ROM has static addresses and a TCP connection at a time, the PXE ROM
 * (ROM_PXE) DHCP and UDP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LWIP_LWIPOPTS_H
#define ROM_LWIP_LWIPOPTS_H

/* Raw API only; everything runs in the loop that calls net_poll(). */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_NETIF_LOOPBACK 0
#define LWIP_HAVE_LOOPIF 0

/* Protocols.  ICMP answers echo requests, nothing more. */
#ifdef ROM_PXE
#define LWIP_TCP 0
#define LWIP_UDP 1
#define LWIP_DHCP 1
#define LWIP_DHCP_DOES_ACD_CHECK 0      /* the server has looked, too */
#define DHCP_OPTIONS_LEN 152            /* with those of a PXE client */
#define LWIP_HOOK_FILENAME "pxe-hooks.h"
#else
#define LWIP_UDP 0
#define LWIP_DHCP 0
#define LWIP_HOOK_FILENAME "tcp-hooks.h"
#endif
#define LWIP_RAW 0
#define LWIP_IGMP 0
#define LWIP_DNS 0
#define LWIP_IPV6 0
#define LWIP_ICMP 1
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define IP_FORWARD 0
#define LWIP_STATS 0

/*
 * TCP.  The peer never has more in flight than the receive ring takes
 * (BNX_RX_BUFFERS - 1 segments would be 68620 bytes, above what a window
 * without scaling can say), so that a burst is not cut at its end.  Segments
 * out of order are kept, but never so many that the ring runs dry.
 */
#define TCP_MSS 1460
#define TCP_WND 65535
#define TCP_SND_BUF (16 * TCP_MSS)
#define TCP_SND_QUEUELEN 48
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_PBUFS 40
#define TCP_LISTEN_BACKLOG 0
#define LWIP_TCP_SACK_OUT 0

/*
 * Time: 50 ms ticks, so that delayed acknowledgements and retransmissions
 * are fit for a LAN; the first retransmission of a SYN after 1000 ms.
 */
#define TCP_TMR_INTERVAL 50
#define LWIP_TCP_RTO_TIME 1000
#define TCP_SYNMAXRTX 6
#define TCP_MAXRTX 12

/*
 * Memory.  Received frames stay in the adapter's buffers (custom pbufs); the
 * heap holds what is sent until it is acknowledged.
 */
#define MEM_ALIGNMENT 4
#define MEM_SIZE (24 * 1024)
#define MEMP_NUM_PBUF 4
#define MEMP_NUM_TCP_PCB 4
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_TCP_SEG 96
#define PBUF_POOL_SIZE 2
#define PBUF_POOL_BUFSIZE 128
#define ARP_TABLE_SIZE 8
#define ARP_QUEUEING 0
#define LWIP_SUPPORT_CUSTOM_PBUF 1
/* They compare the window with the pbuf pool, which is not what we use. */
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1

/* The adapter has verified most TCP checksums: see net.c. */
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHECKSUM_ON_COPY 0

/* MD5 of the bundled PPP is compiled alone, with PPP_SUPPORT=1. */
#ifndef PPP_SUPPORT
#define PPP_SUPPORT 0
#endif
#define LWIP_INCLUDED_POLARSSL_MD5 1

#define LWIP_TIMERS 1

#endif
