// In the guest: says on which receive queue each IPv4 packet of a card arrived, for TCP and UDP.
// usage: recorder INTERFACE QUEUES PACKETS SECONDS [COUNTER]
// One packet socket a queue in a FANOUT_QM group. A driver records queue + 1 in the packet, and the group takes that modulo its members
// (net/packet/af_packet.c fanout_demux_qm, include/linux/skbuff.h skb_record_rx_queue), so member (queue + 1) mod QUEUES gets a queue's packets.
// COUNTER is a file that always has how many came, for the sender to wait for.
// Prints READY, then "QUEUE SOURCE PORT DESTINATION PORT PROTOCOL" a packet; ends after so many, or so many seconds.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 64
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

int main(int count, char **values) {
  if (count != 5 && count != 6) return fprintf(stderr, "usage: recorder INTERFACE QUEUES PACKETS SECONDS [COUNTER]\n"), 2;
  int counter = count == 6 ? open(values[5], O_WRONLY | O_CREAT, 0644) : -1;
  int queues = atoi(values[2]);
  long wanted = atol(values[3]), seen = 0, told = 0;
  time_t end = time(NULL) + atoi(values[4]);
  struct pollfd members[MOST];
  if (queues < 1 || queues > MOST) return fprintf(stderr, "recorder: 1 to %d queues\n", MOST), 2;
  for (int i = 0; i < queues; i++) {
    int one = 1, group = (getpid() & 0xffff) | PACKET_FANOUT_QM << 16, room = 1 << 20;
    struct sockaddr_ll card = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(values[1])};
    int member = socket(AF_PACKET, SOCK_RAW, 0);
    if (member < 0) return perror("socket"), 1;
    setsockopt(member, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    setsockopt(member, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    if (bind(member, (void *)&card, sizeof card)) return perror("bind"), 1;
    if (setsockopt(member, SOL_PACKET, PACKET_FANOUT, &group, sizeof group)) return perror("PACKET_FANOUT"), 1;
    members[i] = (struct pollfd){.fd = member, .events = POLLIN};
  }
  puts("READY");
  fflush(stdout);
  while (seen < wanted && time(NULL) < end) {
    if (poll(members, (nfds_t)queues, 200) <= 0) continue;
    for (int i = 0; i < queues; i++) {
      unsigned char b[2048];
      ssize_t length;
      while ((length = recv(members[i].fd, b, sizeof b, MSG_DONTWAIT)) > 0) {
        // Ethernet 14 bytes, IPv4 20 without options, then the ports.
        if (length < 38 || b[12] != 8 || b[13] != 0 || b[14] != 0x45 || (b[23] != 6 && b[23] != 17)) continue;
        seen++;
        printf("%d %d.%d.%d.%d %d %d.%d.%d.%d %d %d\n", (i + queues - 1) % queues, b[26], b[27], b[28], b[29], b[34] << 8 | b[35],
               b[30], b[31], b[32], b[33], b[36] << 8 | b[37], b[23]);
      }
    }
    if (counter >= 0 && seen != told) {
      char text[24];
      told = seen;
      if (pwrite(counter, text, (size_t)snprintf(text, sizeof text, "%ld", seen), 0) < 0) return perror("COUNTER"), 1;
    }
  }
  return 0;
}
