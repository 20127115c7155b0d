/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules that a driver can break, in the order of enum emu_rule: what is wrong and what to do,
 * in words for somebody who writes his first driver; the manual's section; how bad it is. What each
 * looks at is in the file of its subject.
 */
#include <string.h>

#include "check.h"

#define DEEP  .deep = true
#define ORDER .order = true

/* clang-format off */
static const struct e1000emu_rule rules[] = {
    [RULE_MEMORY_SPACE_OFF] = {.id = "memory-space-off", .severity = E1000EMU_VIOLATION,
     .section = "4.1",
     .sentence =
     "A register is accessed while PCI does not let it through: set bit 1 (memory) or bit 0 "
     "(I/O) of the PCI command register first."},
    [RULE_ACCESS_IN_D3] = {.id = "access-in-d3", .severity = E1000EMU_VIOLATION,
     .section = "6.3",
     .sentence =
     "A register is accessed while the chip sleeps in D3: bring it back to D0 through "
     "PMCSR, and set it up anew, first."},
    [RULE_ACCESS_WIDTH] = {.id = "access-width", .severity = E1000EMU_VIOLATION,
     .section = "13.2", .number = {"width"},
     .sentence =
     "Registers are 32 bits wide: a narrower write is ignored, and a narrower read still "
     "clears the whole register. Use 32-bit accesses."},
    [RULE_ACCESS_UNALIGNED] = {.id = "access-unaligned", .severity = E1000EMU_VIOLATION,
     .section = "13.2", .number = {"offset"},
     .sentence =
     "Registers lie at multiples of 4 bytes: an access in between is ignored. Check the "
     "offset."},
    [RULE_UNKNOWN_REGISTER] = {.id = "unknown-register", .severity = E1000EMU_ADVICE,
     .section = "13.2", .number = {"offset"},
     .sentence =
     "There is no register at this offset on this chip; it may belong to a later one. Check "
     "the offset against the manual's list."},
    [RULE_OLD_ADDRESS] = {.id = "old-address", .severity = E1000EMU_ADVICE,
     .section = "13.2", .number = {"offset", "of the register at"},
     .sentence =
     "This is the register's address on the old 82542, which later chips may not answer. "
     "Use the one in the manual's list."},
    [RULE_READ_ONLY_WRITTEN] = {.id = "read-only-written", .severity = E1000EMU_ADVICE,
     .section = "13.4", .number = {"offset"},
     .sentence =
     "This register can only be read: the write changes nothing."},
    [RULE_RESERVED_BITS] = {.id = "reserved-bits", .severity = E1000EMU_VIOLATION,
     .section = "13.1", .number = {"reserved bits", "offset"},
     .sentence =
     "Bits are set that the manual reserves: write them as zero. Perhaps they belong to "
     "another chip, or to another register."},
    [RULE_DIAGNOSTIC_WRITTEN] = {.id = "diagnostic-written", .severity = E1000EMU_VIOLATION,
     .section = "13.8", .number = {"offset"},
     .sentence =
     "A register for diagnostics is written while frames may flow, which can corrupt them. "
     "Switch receiver and transmitter off first."},
    [RULE_IO_ADDRESS] = {.id = "io-address", .severity = E1000EMU_VIOLATION,
     .section = "13.2.2", .number = {"IOADDR"},
     .sentence =
     "IOADDR points between the registers (below 20000h) and the flash (80000h and up), "
     "where nothing may be accessed."},
    [RULE_UNBOUNDED_POLL] = {.id = "unbounded-poll", .severity = E1000EMU_VIOLATION,
     .section = "13.4", ORDER, .number = {"offset", "reads"},
     .sentence =
     "One register is read over and over without a pause. Wait a microsecond or more "
     "between two reads, and give up after a fixed number of them: hardware can fail."},
    [RULE_COUNTER_HIGH_FIRST] = {.id = "counter-high-first", .severity = E1000EMU_VIOLATION,
     .section = "13.7", ORDER, .number = {"offset"},
     .sentence =
     "The high half of a 64-bit counter is read before its low half. Reading the high half "
     "clears both, so that the low half is lost: read low, then high."},
    [RULE_COUNTER_WIDE] = {.id = "counter-wide", .severity = E1000EMU_VIOLATION,
     .section = "13.7", .number = {"offset"},
     .sentence =
     "A statistics counter is read with a 64-bit access, which reaches, and clears, its "
     "neighbour too. Read 32 bits at a time."},
    [RULE_HEAD_POLLED] = {.id = "head-polled", .severity = E1000EMU_ADVICE,
     .section = "3.2.6, 3.4", .number = {"offset", "reads"},
     .sentence =
     "The head register is read again and again to see how far the chip is. It is not "
     "reliable for that: look at the DD bit of the descriptors."},
    [RULE_BUS_MASTER_OFF] = {.id = "bus-master-off", .severity = E1000EMU_VIOLATION,
     .section = "4.1", .number = {"command"},
     .sentence =
     "Receiver or transmitter is switched on while the chip may not access memory: set bit "
     "2 (bus master) of the PCI command register first."},
    [RULE_BUS_MASTER_CLEARED] = {.id = "bus-master-cleared", .severity = E1000EMU_VIOLATION,
     .section = "4.1", .number = {"command"},
     .sentence =
     "Bus mastering is switched off while receiver or transmitter runs. Stop them, and wait "
     "for transfers to end, first."},
    [RULE_PCIX_READ_SIZE] = {.id = "pcix-read-size", .severity = E1000EMU_ERRATUM,
     .section = "82546GB erratum 10", .number = {"command"},
     .sentence =
     "PCI-X reads of 4096 bytes can overrun the chip's read FIFO and hang the transmitter: "
     "leave the maximum memory read byte count at 2048 or less."},
    [RULE_ACCESS_DURING_RESET] = {.id = "access-during-reset", .severity = E1000EMU_VIOLATION,
     .section = "13.4.1", ORDER, .number = {"ns since the reset", "offset"},
     .sentence =
     "A register is accessed within a microsecond of CTRL.RST, while the chip resets "
     "itself. Wait at least 1 us, better until the EEPROM is loaded, some milliseconds."},
    [RULE_WRITE_BEFORE_LOAD] = {.id = "write-before-load", .severity = E1000EMU_VIOLATION,
     .section = "5.3", ORDER, .number = {"offset"},
     .sentence =
     "This register is about to be loaded from the EEPROM, which will overwrite it. Wait "
     "some milliseconds after a reset before setting the chip up."},
    [RULE_RESET_BY_MEMORY] = {.id = "reset-by-memory", .severity = E1000EMU_ERRATUM,
     .section = "Intel's drivers, 82540 to 82546",
     .sentence =
     "CTRL.RST is written through memory. These chips can't acknowledge a 64-bit write "
     "while they reset themselves, which may hang the bus: use the I/O window."},
    [RULE_RESET_WITH_INTERRUPTS] = {.id = "reset-with-interrupts", .severity = E1000EMU_ADVICE,
     .section = "13.4.21", .number = {"IMS"},
     .sentence =
     "The chip is reset while interrupts are enabled, so that one may come in the middle. "
     "Write FFFFFFFFh to IMC first."},
    [RULE_RESET_WHILE_RUNNING] = {.id = "reset-while-running", .severity = E1000EMU_ADVICE,
     .section = "14.7", .number = {"RCTL", "TCTL"},
     .sentence =
     "The chip is reset while receiver or transmitter runs, in the middle of transfers. "
     "Clear RCTL.EN and TCTL.EN and wait 10 ms first."},
    [RULE_PHY_RESET_SHORT] = {.id = "phy-reset-short", .severity = E1000EMU_VIOLATION,
     .section = "13.4.1", ORDER, .number = {"ns held"},
     .sentence =
     "CTRL.PHY_RST went back to zero too early: the PHY must be held in reset for at least "
     "3 us (10 ms on the 82546GB)."},
    [RULE_SPEED_RESERVED] = {.id = "speed-reserved", .severity = E1000EMU_VIOLATION,
     .section = "13.4.1", .number = {"CTRL"},
     .sentence =
     "CTRL forces the speed (FRCSPD) to a value that does not exist, SPEED = 11b."},
    [RULE_MDIC_BUSY] = {.id = "mdic-busy", .severity = E1000EMU_VIOLATION,
     .section = "13.4.7", ORDER, .number = {"MDIC"},
     .sentence =
     "MDIC is written while the last access to the PHY is still under way, which breaks "
     "both. Read MDIC until bit 28 (R) is one first."},
    [RULE_MDIC_READY_WRITTEN] = {.id = "mdic-ready-written", .severity = E1000EMU_VIOLATION,
     .section = "13.4.7", .number = {"MDIC"},
     .sentence =
     "A command is written to MDIC with bit 28 (R) or bit 30 (E) set, so that it may look "
     "finished at once. Write both as zero."},
    [RULE_MDIC_OPCODE] = {.id = "mdic-opcode", .severity = E1000EMU_VIOLATION,
     .section = "13.4.7", .number = {"MDIC"},
     .sentence =
     "MDIC's OP field holds neither 01b (write) nor 10b (read)."},
    [RULE_MDIC_PHY_ADDRESS] = {.id = "mdic-phy-address", .severity = E1000EMU_ADVICE,
     .section = "13.4.7", .number = {"PHY"},
     .sentence =
     "MDIC asks another PHY than number 1, where the chip's own one is: the access fails."},
    [RULE_EERD_BUSY] = {.id = "eerd-busy", .severity = E1000EMU_VIOLATION,
     .section = "13.4.4", ORDER, .number = {"EERD"},
     .sentence =
     "EERD.START is written while the last word is still being read. Read EERD until bit 4 "
     "(DONE) is one first."},
    [RULE_EERD_WHILE_REQUESTED] = {.id = "eerd-while-requested", .severity = E1000EMU_VIOLATION,
     .section = "5.3, 13.4.4", .number = {"EECD"},
     .sentence =
     "EERD.START is written while software has the EEPROM's pins (EECD.EE_REQ): the read "
     "can't begin. Clear EE_REQ first."},
    [RULE_EECD_NO_GRANT] = {.id = "eecd-no-grant", .severity = E1000EMU_VIOLATION,
     .section = "5.3, 13.4.3", .number = {"EECD written", "EECD before"},
     .sentence =
     "The EEPROM's pins (SK, CS, DI) are driven without a grant, so that nothing reaches "
     "it. Set EE_REQ and wait for EE_GNT first."},
    [RULE_EECD_REQUEST_KEPT] = {.id = "eecd-request-kept", .severity = E1000EMU_ADVICE,
     .section = "5.3", .number = {"EECD"},
     .sentence =
     "The receiver is started while EECD.EE_REQ is still set, which keeps the hardware and "
     "EERD from the EEPROM. Clear EE_REQ after each access."},
    [RULE_EECD_FLASH_BITS] = {.id = "eecd-flash-bits", .severity = E1000EMU_VIOLATION,
     .section = "13.4.3", .number = {"EECD"},
     .sentence =
     "EECD.FWE (bits 5:4) is written as 00b or 11b, which is not allowed. Keep what EECD "
     "reads and change only the bits that you mean."},
    [RULE_EEPROM_WRITE_DISABLED] = {.id = "eeprom-write-disabled", .severity = E1000EMU_VIOLATION,
     .section = "5.2", .number = {"address"},
     .sentence =
     "A word is written to or erased from the EEPROM while it is write-protected: send it "
     "the EWEN command first, and EWDS afterwards."},
    [RULE_EEPROM_BUSY] = {.id = "eeprom-busy", .severity = E1000EMU_VIOLATION,
     .section = "5.2", ORDER,
     .sentence =
     "A command is sent to the EEPROM while it still stores a word, and is lost. Raise CS "
     "and wait until DO is one first."},
    [RULE_FLASH_WRITE_DISABLED] = {.id = "flash-write-disabled", .severity = E1000EMU_VIOLATION,
     .section = "13.4.3", .number = {"EECD", "offset"},
     .sentence =
     "The flash is written while EECD.FWE does not allow it. Set FWE to 10b for as long as "
     "you write."},
    [RULE_INTERRUPTS_BEFORE_RING] = {.id = "interrupts-before-ring", .severity = E1000EMU_VIOLATION,
     .section = "14.4, 14.5", .number = {"IMS written"},
     .sentence =
     "Interrupts for a ring are enabled before the chip has that ring: set base and length "
     "first, and IMS last."},
    [RULE_INTERRUPT_LEFT_PENDING] = {.id = "interrupt-left-pending", .severity = E1000EMU_VIOLATION,
     .section = "13.4.17", ORDER, .number = {"ICR", "IMS"},
     .sentence =
     "The interrupt line has been asserted for a second, and nobody took its cause back. "
     "The handler must read ICR, or the same interrupt comes again for ever."},
    [RULE_IMS_WRITTEN_ZERO] = {.id = "ims-written-zero", .severity = E1000EMU_ADVICE,
     .section = "13.4.20",
     .sentence =
     "Writing zeros to IMS does nothing: its ones enable interrupts. To disable them, write "
     "ones to IMC."},
    [RULE_ICR_POLLED] = {.id = "icr-polled", .severity = E1000EMU_ADVICE,
     .section = "13.4.17", .number = {"reads"},
     .sentence =
     "ICR is read again and again although no interrupt is there; each read is a slow trip "
     "over the bus. Read it when the line is asserted, or look at the DD bit of the "
     "descriptors."},
    [RULE_RDTR_NOT_ZERO] = {.id = "rdtr-not-zero", .severity = E1000EMU_ADVICE,
     .section = "13.4.30, 82543GC erratum 37", .number = {"RDTR"},
     .sentence =
     "A receive delay is set in RDTR, which can lock up chips of this family. Leave RDTR "
     "zero, and use ITR against too many interrupts."},
    [RULE_DELAY_WITHOUT_TIDV] = {.id = "delay-without-tidv", .severity = E1000EMU_ADVICE,
     .section = "3.3.3, 13.4.41", .number = {"descriptor"},
     .sentence =
     "A descriptor asks for a delayed interrupt (IDE) while TIDV is zero, which the manual "
     "does not allow. Set TIDV, or leave IDE out."},
    [RULE_RX_ENABLED_BEFORE_RING] = {.id = "rx-enabled-before-ring", .severity = E1000EMU_VIOLATION,
     .section = "14.4", .number = {"RDLEN"},
     .sentence =
     "RCTL.EN is set before the chip knows the receive ring: it would store frames at "
     "random places in memory. Write RDBAL, RDBAH and RDLEN, and give it buffers, first."},
    [RULE_TX_ENABLED_BEFORE_RING] = {.id = "tx-enabled-before-ring", .severity = E1000EMU_VIOLATION,
     .section = "14.5", .number = {"TDLEN"},
     .sentence =
     "TCTL.EN is set before the chip knows the transmit ring: it would fetch descriptors "
     "from random places in memory. Write TDBAL, TDBAH and TDLEN first."},
    [RULE_RING_BASE] = {.id = "ring-base", .severity = E1000EMU_VIOLATION,
     .section = "13.4.25, 13.4.36", .number = {"address"},
     .sentence =
     "A ring must begin at a multiple of 16 bytes: the chip ignores the lowest four bits "
     "and uses another place. Allocate it aligned."},
    [RULE_RING_LENGTH] = {.id = "ring-length", .severity = E1000EMU_VIOLATION,
     .section = "13.4.27, 13.4.38", .number = {"length"},
     .sentence =
     "A ring's length is in bytes, a multiple of 128 (8 descriptors) up to FFF80h; the chip "
     "ignores the other bits. Did you write the number of descriptors?"},
    [RULE_RING_CROSSES_64K] = {.id = "ring-crosses-64k", .severity = E1000EMU_ERRATUM,
     .section = "erratum 23 of the first 82545 and 82546", .number = {"address", "bytes"},
     .sentence =
     "A ring lies across a 64 KiB boundary, where these chips may corrupt it. Allocate it "
     "so that it does not."},
    [RULE_RING_CHANGED] = {.id = "ring-changed", .severity = E1000EMU_VIOLATION,
     .section = "14.4, 14.5", .number = {"before", "after"},
     .sentence =
     "A ring's base or length is changed while the chip uses it. Switch receiver or "
     "transmitter off first."},
    [RULE_HEAD_WRITTEN] = {.id = "head-written", .severity = E1000EMU_VIOLATION,
     .section = "13.4.28, 13.4.39", .number = {"before", "after"},
     .sentence =
     "A ring's head is written while the chip uses it. The head is the chip's: write it "
     "only after a reset, before RCTL.EN or TCTL.EN is set."},
    [RULE_TAIL_OUTSIDE_RING] = {.id = "tail-outside-ring", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6, 3.4", .number = {"index", "descriptors"},
     .sentence =
     "Head or tail lies outside of the ring: they count descriptors, from 0 to the length "
     "in bytes / 16 - 1."},
    [RULE_TAIL_AT_HEAD] = {.id = "tail-at-head", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6, 3.4", .number = {"tail", "head"},
     .sentence =
     "The tail was moved up to the head: that means an empty ring, not a full one, and the "
     "chip stops. Always keep one descriptor back."},
    [RULE_TAIL_PAST_HEAD] = {.id = "tail-past-head", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6, 3.4", .number = {"tail", "head"},
     .sentence =
     "The tail was moved past the head, or back: the chip would use descriptors that are "
     "not ready, or give up ones that it has. Move it only over descriptors that are yours."},
    [RULE_DESCRIPTOR_THRESHOLDS] = {.id = "descriptor-thresholds", .severity = E1000EMU_VIOLATION,
     .section = "13.4.43, 13.4.46", .number = {"written"},
     .sentence =
     "With GRAN = 0 the thresholds count cache lines, and these make more than the 31 "
     "descriptors that they may. Set GRAN, or smaller thresholds."},
    [RULE_DESCRIPTOR_DONE] = {.id = "descriptor-done", .severity = E1000EMU_ADVICE,
     .section = "3.2.3, 3.3.3", .number = {"descriptor"},
     .sentence =
     "A descriptor is given to the chip with DD already set, so that the driver can't see "
     "when it is done. Clear its status first."},
    [RULE_NO_PROGRESS] = {.id = "no-progress", .severity = E1000EMU_VIOLATION,
     .section = "13.4.33", ORDER, .number = {"TDH", "TDT"},
     .sentence =
     "Descriptors have waited to be sent for a second while the transmitter is off. Set "
     "TCTL.EN."},
    [RULE_RX_WITHOUT_BUFFERS] = {.id = "rx-without-buffers", .severity = E1000EMU_ADVICE,
     .section = "14.4", .number = {"RDT"},
     .sentence =
     "The receiver is started without any buffer: RDH and RDT are the same, which means an "
     "empty ring. Fill descriptors and move RDT first."},
    [RULE_RX_REENABLED] = {.id = "rx-reenabled", .severity = E1000EMU_ADVICE,
     .section = "13.4.22",
     .sentence =
     "The receiver is switched on again without a reset since it was switched off; the "
     "manual wants one, for it may have lost its place."},
    [RULE_RX_BUFFER_SIZE] = {.id = "rx-buffer-size", .severity = E1000EMU_VIOLATION,
     .section = "13.4.22", .number = {"RCTL"},
     .sentence =
     "RCTL chooses a buffer size that does not exist: BSIZE = 00b with BSEX = 1."},
    [RULE_RCTL_VALUE] = {.id = "rctl-value", .severity = E1000EMU_VIOLATION,
     .section = "13.4.22", .number = {"RCTL"},
     .sentence =
     "RCTL holds a reserved value: LBM is 00b or 11b, and RDMTS is not 11b."},
    [RULE_RX_FCS_KEPT] = {.id = "rx-fcs-kept", .severity = E1000EMU_ADVICE,
     .section = "13.4.22", .number = {"RCTL"},
     .sentence =
     "Without RCTL.SECRC each received frame ends with its four bytes of FCS, and the "
     "descriptor's length counts them. Set SECRC, or take four off."},
    [RULE_RX_NO_ADDRESS] = {.id = "rx-no-address", .severity = E1000EMU_ADVICE,
     .section = "13.5.2",
     .sentence =
     "The receiver is started without an address of its own: no RAH has its valid bit, and "
     "UPE is off. Write RAL and RAH of entry 0, with bit 31 of RAH set."},
    [RULE_MTA_NOT_WRITTEN] = {.id = "mta-not-written", .severity = E1000EMU_ADVICE,
     .section = "13.5.1", .number = {"words written"},
     .sentence =
     "The multicast table was not written since power-on, and holds anything. Write all 128 "
     "words of MTA before starting the receiver."},
    [RULE_VFTA_NOT_WRITTEN] = {.id = "vfta-not-written", .severity = E1000EMU_ADVICE,
     .section = "13.5.4", .number = {"words written"},
     .sentence =
     "The VLAN filter is switched on, but its table was not written since power-on, and "
     "holds anything. Write all 128 words of VFTA first."},
    [RULE_ADDRESS_WHILE_VALID] = {.id = "address-while-valid", .severity = E1000EMU_ADVICE,
     .section = "13.5.3", .number = {"entry"},
     .sentence =
     "A receive address is changed while it is valid and the receiver runs, so that a "
     "mixture of two may match. Clear RAH first, then write RAL, then RAH."},
    [RULE_ARRAY_NOT_FLUSHED] = {.id = "array-not-flushed", .severity = E1000EMU_ERRATUM,
     .section = "82546GB erratum 15", .number = {"offset"},
     .sentence =
     "Two writes to a register array follow each other, of which a bridge may make a burst "
     "that the chip loses. Read STATUS after each."},
    [RULE_RX_BUFFER_NULL] = {.id = "rx-buffer-null", .severity = E1000EMU_ADVICE,
     .section = "3.2", .number = {"descriptor"},
     .sentence =
     "A receive descriptor has the address 0: the chip stores nothing and passes it over. "
     "Was it filled in before RDT was moved?"},
    [RULE_RX_BUFFER_CROSSES_64K] = {.id = "rx-buffer-crosses-64k", .severity = E1000EMU_ERRATUM,
     .section = "erratum 23 of the first 82545 and 82546", .number = {"address", "bytes"},
     .sentence =
     "A receive buffer lies across a 64 KiB boundary, where these chips may corrupt it. "
     "Allocate it so that it does not."},
    [RULE_RX_STARVED] = {.id = "rx-starved", .severity = E1000EMU_ADVICE,
     .section = "3.2.6", ORDER, .number = {"RDH", "RDT"},
     .sentence =
     "Frames have been lost for a second because the chip has no receive descriptor. Give "
     "descriptors back by moving RDT."},
    [RULE_FLOW_THRESHOLDS] = {.id = "flow-thresholds", .severity = E1000EMU_VIOLATION,
     .section = "13.4.23, 13.4.24", .number = {"FCRTL", "FCRTH"},
     .sentence =
     "PAUSE frames are to be sent (CTRL.TFCE), but the marks are wrong: FCRTL must be lower "
     "than FCRTH, and FCRTH no larger than the receive FIFO."},
    [RULE_FLOW_TIME_ZERO] = {.id = "flow-time-zero", .severity = E1000EMU_VIOLATION,
     .section = "13.4.12",
     .sentence =
     "PAUSE frames are to be sent (CTRL.TFCE), but their time, FCTTV, is zero, which means "
     "go on."},
    [RULE_FLOW_ADDRESS] = {.id = "flow-address", .severity = E1000EMU_VIOLATION,
     .section = "13.4.8 to 13.4.10", .number = {"FCAL", "FCT"},
     .sentence =
     "Flow control is switched on, but FCAL, FCAH and FCT do not hold 01:80:C2:00:00:01 and "
     "8808h, so that PAUSE frames are not recognised."},
    [RULE_PBA_SPLIT] = {.id = "pba-split", .severity = E1000EMU_VIOLATION,
     .section = "13.4.16", .number = {"PBA"},
     .sentence =
     "PBA gives the receiver an impossible share of the 64 KiB: it must be a multiple of 8, "
     "from 8 to 56."},
    [RULE_PBA_WHILE_ENABLED] = {.id = "pba-while-enabled", .severity = E1000EMU_VIOLATION,
     .section = "13.4.16", .number = {"PBA"},
     .sentence =
     "The packet buffer is divided anew while frames may lie in it. Switch receiver and "
     "transmitter off, and reset the chip afterwards."},
    [RULE_LINK_NOT_SET_UP] = {.id = "link-not-set-up", .severity = E1000EMU_VIOLATION,
     .section = "13.4.1", .number = {"CTRL"},
     .sentence =
     "Frames are to be sent, but CTRL.SLU is zero, so that there is never a link. Set SLU."},
    [RULE_TIPG_NOT_SET] = {.id = "tipg-not-set", .severity = E1000EMU_ADVICE,
     .section = "13.4.34",
     .sentence =
     "The transmitter is started, but TIPG, the gap between frames, was never set and holds "
     "anything. 00602008h is right for copper."},
    [RULE_COLLISION_FIELDS] = {.id = "collision-fields", .severity = E1000EMU_ADVICE,
     .section = "13.4.33", .number = {"TCTL"},
     .sentence =
     "The transmitter is started with CT or COLD zero, which makes half duplex useless: CT "
     "is 0Fh or 10h, COLD 40h."},
    [RULE_TX_MISSING_EOP] = {.id = "tx-missing-eop", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3", .number = {"descriptor", "fields"},
     .sentence =
     "The tail was moved behind a descriptor that does not end a packet: the chip waits for "
     "the rest, and sends nothing. Set EOP in the last descriptor of each packet."},
    [RULE_TX_SHORT_UNPADDED] = {.id = "tx-short-unpadded", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3, 13.4.33", .number = {"bytes", "descriptor"},
     .sentence =
     "A frame under 60 bytes is sent, and nobody pads it: lengthen it, or set TCTL.PSP and "
     "IFCS."},
    [RULE_TX_SHORT_PADDED] = {.id = "tx-short-padded", .severity = E1000EMU_ADVICE,
     .section = "3.3.3", .number = {"bytes", "descriptor"},
     .sentence =
     "A frame under 48 bytes is left to the chip to pad, for which the manual wants at "
     "least 48. Lengthen it to 60 yourself."},
    [RULE_TX_NO_FCS] = {.id = "tx-no-fcs", .severity = E1000EMU_ADVICE,
     .section = "3.3.3", .number = {"descriptor"},
     .sentence =
     "A frame is sent without IFCS: the chip adds no FCS, so that its last four bytes must "
     "be one. Set IFCS."},
    [RULE_TX_BUFFER_NULL] = {.id = "tx-buffer-null", .severity = E1000EMU_VIOLATION,
     .section = "3.3", .number = {"descriptor"},
     .sentence =
     "A transmit descriptor has a length, but the address 0: nothing is sent from it. Was "
     "it filled in before TDT was moved?"},
    [RULE_TX_LENGTH_ZERO] = {.id = "tx-length-zero", .severity = E1000EMU_ADVICE,
     .section = "3.3", .number = {"descriptor"},
     .sentence =
     "A transmit descriptor has no length: it takes its place in the ring and sends "
     "nothing."},
    [RULE_TX_TOO_LONG] = {.id = "tx-too-long", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3", .number = {"bytes", "descriptor"},
     .sentence =
     "A packet, or one of its descriptors, has more than 16288 bytes, which is the most "
     "that the chip can send. Is EOP missing?"},
    [RULE_TX_EXCEEDS_FIFO] = {.id = "tx-exceeds-fifo", .severity = E1000EMU_VIOLATION,
     .section = "3.3.7, 13.4.16", .number = {"bytes", "most"},
     .sentence =
     "A packet is longer than the transmit FIFO less 80 bytes, and can never be sent. Give "
     "the transmitter a larger share in PBA."},
    [RULE_TX_REPORT_SENT] = {.id = "tx-report-sent", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3", .number = {"descriptor"},
     .sentence =
     "A descriptor asks for a report by RPS, bit 4 of its command, which only the 82544 "
     "has: the chip never reports. Set RS, bit 3."},
    [RULE_TX_VLAN_OFF] = {.id = "tx-vlan-off", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3, 9.1", .number = {"descriptor"},
     .sentence =
     "A descriptor asks for a VLAN tag (VLE) while CTRL.VME is off: the frame goes out "
     "without one. Set VME."},
    [RULE_TX_LEGACY_CHECKSUM] = {.id = "tx-legacy-checksum", .severity = E1000EMU_VIOLATION,
     .section = "3.3.3", .number = {"CSS", "CSO"},
     .sentence =
     "A descriptor asks for a checksum at a place that its packet does not have, so that "
     "none is inserted: CSS must be less than the length, CSO less than the length - 1."},
    [RULE_CONTEXT_IN_PACKET] = {.id = "context-in-packet", .severity = E1000EMU_VIOLATION,
     .section = "3.3.6", .number = {"descriptor"},
     .sentence =
     "A context descriptor stands in the middle of a packet, whose offloads are undefined "
     "then. Put it in front."},
    [RULE_TX_TYPES_MIXED] = {.id = "tx-types-mixed", .severity = E1000EMU_VIOLATION,
     .section = "3.3", .number = {"descriptor"},
     .sentence =
     "A packet is made of legacy and of extended descriptors. Use one kind within a packet."},
    [RULE_OFFLOAD_WITHOUT_CONTEXT] = {.id = "offload-without-context", .severity = E1000EMU_VIOLATION,
     .section = "3.3.6, 3.3.7", .number = {"descriptor"},
     .sentence =
     "A packet asks for an offload, but there was no context descriptor of that kind since "
     "the reset to say where its headers are. Post one in front."},
    [RULE_CONTEXT_OFFSETS] = {.id = "context-offsets", .severity = E1000EMU_VIOLATION,
     .section = "3.3.6", .number = {"start", "place"},
     .sentence =
     "The context can't be obeyed: a checksum must lie inside of the header that it covers, "
     "which must not end before it begins, and that inside of the packet."},
    [RULE_TSO_HEADER] = {.id = "tso-header", .severity = E1000EMU_VIOLATION,
     .section = "3.5.2", .number = {"HDRLEN", "TUCSO"},
     .sentence =
     "A context for segmentation has an impossible header length: HDRLEN is from 1 to 240, "
     "and covers the headers up to TUCSO."},
    [RULE_TSO_MSS_ZERO] = {.id = "tso-mss-zero", .severity = E1000EMU_VIOLATION,
     .section = "3.5", .number = {"descriptor"},
     .sentence =
     "A context for segmentation has no segment size (MSS): the packet can't be divided."},
    [RULE_TSO_PAYLOAD] = {.id = "tso-payload", .severity = E1000EMU_VIOLATION,
     .section = "3.5", .number = {"bytes after the header", "PAYLEN"},
     .sentence =
     "A segmented packet does not hold as many bytes as its context says: its data, less "
     "HDRLEN, must be PAYLEN."},
    [RULE_DMA_OUTSIDE] = {.id = "dma-outside", .severity = E1000EMU_VIOLATION,
     .section = "3.2, 3.3", .number = {"address", "bytes"},
     .sentence =
     "The chip was told to access memory that is not there, or not for it. Did you give it "
     "a virtual address, or forget the upper half?"},
    [RULE_DMA_AFTER_UNMAP] = {.id = "dma-after-unmap", .severity = E1000EMU_VIOLATION,
     .section = "3.2, 3.3", .number = {"address", "bytes"},
     .sentence =
     "The chip accesses memory that was freed or unmapped after it was given to the chip. "
     "Take it back first: stop the ring, or reset the chip."},
    [RULE_MEMORY_FREED_IN_USE] = {.id = "memory-freed-in-use", .severity = E1000EMU_VIOLATION,
     .section = "14.4, 14.5", .number = {"address", "bytes"},
     .sentence =
     "Memory is unmapped that holds the ring, or a buffer, of a receiver or transmitter "
     "that is still on. Switch it off, or reset the chip, first."},
    [RULE_DESCRIPTOR_CHANGED] = {.id = "descriptor-changed", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6, 3.4", DEEP, .number = {"descriptor", "fields now"},
     .sentence =
     "A descriptor was changed while it belonged to the chip, which may have read either "
     "the old or the new one. Wait for DD, or stop the ring."},
    [RULE_TX_PAYLOAD_CHANGED] = {.id = "tx-payload-changed", .severity = E1000EMU_VIOLATION,
     .section = "3.4", DEEP, .number = {"address", "descriptor"},
     .sentence =
     "Data was changed before the chip had sent it. Leave a buffer alone until its "
     "descriptor has DD."},
    [RULE_RX_BUFFER_WRITTEN] = {.id = "rx-buffer-written", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6", DEEP, .number = {"address", "descriptor"},
     .sentence =
     "Somebody wrote to a receive buffer while it belonged to the chip. Leave it alone from "
     "when RDT passes it until its descriptor has DD."},
    [RULE_RX_BUFFER_SHARED] = {.id = "rx-buffer-shared", .severity = E1000EMU_VIOLATION,
     .section = "3.2.6", DEEP, .number = {"address", "other descriptor"},
     .sentence =
     "Two receive descriptors have the same buffer at the same time: one frame overwrites "
     "the other. Give each its own."},
};
/* clang-format on */

_Static_assert(sizeof rules / sizeof *rules == EMU_RULES, "a row for each rule");

const struct e1000emu_rule *e1000emu_rule_at(size_t i)
{
    return i < EMU_RULES ? &rules[i] : NULL;
}

const struct e1000emu_rule *e1000emu_rule_find(const char *id)
{
    for (size_t i = 0; i < EMU_RULES; i++) {
        if (strcmp(rules[i].id, id) == 0)
            return &rules[i];
    }
    return NULL;
}
