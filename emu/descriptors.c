/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of descriptors (SDM 3.2.3, 3.3), for whoever shows one or judges it. */
#include "fields.h"
#include "hw.h"

#define BYTE(at, mask) ((uint64_t)(mask) << (8 * (at)))

/* Of the second quadword: byte 4 is the status, byte 3 the command, and so on. */
#define STATUS_BIT(name, mask, meaning)  MASK(name, BYTE(4, mask), meaning)
#define ERROR_BIT(name, mask, meaning)   MASK(name, BYTE(5, mask), meaning)
#define COMMAND_BIT(name, mask, meaning) MASK(name, BYTE(3, mask), meaning)
#define SPECIAL                                                     \
    AT("VLAN", 48, 12, "VLAN"), AT("CFI", 60, 1, "CFI of the tag"), \
        AT("PRI", 61, 3, "priority of the tag")

static const struct e1000emu_field buffer_fields[] = {AT("ADDR", 0, 64, "of the buffer")};

static const struct e1000emu_field receive_fields[] = {
    AT("LEN", 0, 16, "bytes stored"),
    AT("CSUM", 16, 16, "packet checksum"),
    STATUS_BIT("DD", RXD_STAT_DD, "done"),
    STATUS_BIT("EOP", RXD_STAT_EOP, "last of the packet"),
    STATUS_BIT("IXSM", RXD_STAT_IXSM, "no checksum was checked"),
    STATUS_BIT("VP", RXD_STAT_VP, "a VLAN tag was stripped"),
    STATUS_BIT("TCPCS", RXD_STAT_TCPCS, "TCP or UDP checksum was checked"),
    STATUS_BIT("IPCS", RXD_STAT_IPCS, "IPv4 header checksum was checked"),
    STATUS_BIT("PIF", RXD_STAT_PIF, "passed only the hash filter"),
    ERROR_BIT("CE", RXD_ERR_CE, "CRC or alignment error"),
    ERROR_BIT("SE", RXD_ERR_SE, "symbol error"),
    ERROR_BIT("SEQ", RXD_ERR_SEQ, "sequence error"),
    ERROR_BIT("CXE", RXD_ERR_CXE, "carrier extension error"),
    ERROR_BIT("TCPE", RXD_ERR_TCPE, "TCP or UDP checksum is wrong"),
    ERROR_BIT("IPE", RXD_ERR_IPE, "IP checksum is wrong"),
    ERROR_BIT("RXE", RXD_ERR_RXE, "RX_ER during the packet"),
    SPECIAL,
};

static const struct e1000emu_field legacy_fields[] = {
    AT("LEN", 0, 16, "bytes in the buffer"),
    AT("CSO", 16, 8, "where the checksum goes"),
    COMMAND_BIT("EOP", TXD_CMD_EOP, "last of the packet"),
    COMMAND_BIT("IFCS", TXD_CMD_IFCS, "append the CRC"),
    COMMAND_BIT("IC", TXD_CMD_IC, "insert a checksum"),
    COMMAND_BIT("RS", TXD_CMD_RS, "report status"),
    COMMAND_BIT("RPS", TXD_CMD_RPS, "report when sent (82544)"),
    COMMAND_BIT("DEXT", TXD_CMD_DEXT, "not legacy"),
    COMMAND_BIT("VLE", TXD_CMD_VLE, "insert a VLAN tag"),
    COMMAND_BIT("IDE", TXD_CMD_IDE, "delay the interrupt"),
    STATUS_BIT("DD", TXD_STAT_DD, "done"),
    STATUS_BIT("EC", TXD_STAT_EC, "excess collisions"),
    STATUS_BIT("LC", TXD_STAT_LC, "late collision"),
    AT("CSS", 40, 8, "where the checksum starts"),
    SPECIAL,
};

static const struct e1000emu_field offload_fields[] = {
    AT("IPCSS", 0, 8, "IP checksum starts"),     AT("IPCSO", 8, 8, "IP checksum goes"),
    AT("IPCSE", 16, 16, "IP checksum ends"),     AT("TUCSS", 32, 8, "TCP/UDP checksum starts"),
    AT("TUCSO", 40, 8, "TCP/UDP checksum goes"), AT("TUCSE", 48, 16, "TCP/UDP checksum ends"),
};

static const char *const types[16] = {"context", "data"};

static const struct e1000emu_field context_fields[] = {
    AT("PAYLEN", 0, 20, "bytes to segment, without the header"),
    AT_NAMED("DTYP", 20, 4, "type", types),
    COMMAND_BIT("TCP", TXD_TUCMD_TCP, "TCP, else UDP"),
    COMMAND_BIT("IP", TXD_TUCMD_IP, "IPv4, else IPv6"),
    COMMAND_BIT("TSE", TXD_CMD_TSE, "segmentation"),
    COMMAND_BIT("RS", TXD_CMD_RS, "report status"),
    COMMAND_BIT("DEXT", TXD_CMD_DEXT, "not legacy"),
    COMMAND_BIT("IDE", TXD_CMD_IDE, "delay the interrupt"),
    STATUS_BIT("DD", TXD_STAT_DD, "done"),
    AT("HDRLEN", 40, 8, "bytes of the header"),
    AT("MSS", 48, 16, "payload of a segment"),
};

static const struct e1000emu_field data_fields[] = {
    AT("LEN", 0, 20, "bytes in the buffer"),
    AT_NAMED("DTYP", 20, 4, "type", types),
    COMMAND_BIT("EOP", TXD_CMD_EOP, "last of the packet"),
    COMMAND_BIT("IFCS", TXD_CMD_IFCS, "append the CRC"),
    COMMAND_BIT("TSE", TXD_CMD_TSE, "segmentation"),
    COMMAND_BIT("RS", TXD_CMD_RS, "report status"),
    COMMAND_BIT("RPS", TXD_CMD_RPS, "report when sent (82544)"),
    COMMAND_BIT("DEXT", TXD_CMD_DEXT, "not legacy"),
    COMMAND_BIT("VLE", TXD_CMD_VLE, "insert a VLAN tag"),
    COMMAND_BIT("IDE", TXD_CMD_IDE, "delay the interrupt"),
    STATUS_BIT("DD", TXD_STAT_DD, "done"),
    STATUS_BIT("EC", TXD_STAT_EC, "excess collisions"),
    STATUS_BIT("LC", TXD_STAT_LC, "late collision"),
    AT("IXSM", 40, 1, "insert the IP checksum"),
    AT("TXSM", 41, 1, "insert the TCP or UDP checksum"),
    SPECIAL,
};

#define LENGTH(array) ((uint32_t)(sizeof(array) / sizeof *(array)))
#define DESCRIPTOR(name_, section_, first, second)                                              \
    {                                                                                           \
        .name = (name_), .section = (section_), .address_fields = (first),                      \
        .address_field_count = LENGTH(first), .fields = (second), .field_count = LENGTH(second) \
    }

static const struct e1000emu_descriptor receive =
    DESCRIPTOR("receive", "3.2.3", buffer_fields, receive_fields);
static const struct e1000emu_descriptor legacy =
    DESCRIPTOR("legacy", "3.3.3", buffer_fields, legacy_fields);
static const struct e1000emu_descriptor context =
    DESCRIPTOR("context", "3.3.6", offload_fields, context_fields);
static const struct e1000emu_descriptor data =
    DESCRIPTOR("data", "3.3.7", buffer_fields, data_fields);

const struct e1000emu_descriptor *e1000emu_descriptor_of(bool transmit, uint64_t fields)
{
    if (!transmit)
        return &receive;
    if (!(fields & BYTE(3, TXD_CMD_DEXT)))
        return &legacy;
    /* The chip takes a type that it doesn't know as it takes data. */
    return (fields >> 20 & 0xf) == TXD_DTYP_C ? &context : &data;
}
