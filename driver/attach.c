/* SPDX-License-Identifier: BSD-2-Clause */
/* Attaching: recognising the chip, switching it on in PCI, and finding out which one it is. */
#include "internal.h"

/* More ticks than the slowest chip needs that still attaches. */
#define ATTACH_TICKS 4096u

#define MIN_FRAME 60u
#define MAX_FRAME (16110u + E1000_HEADER_BYTES)

static bool valid_ring(uint16_t count)
{
    return count >= 8 && count <= E1000_MAX_RING && count % 8 == 0;
}

static bool valid_name(const char *name)
{
    size_t length = 0;

    while (name && length < 16 && name[length])
        length++;
    return length >= 1 && length <= 15;
}

static bool valid_params(const struct e1000_params *params)
{
    uint32_t size = params->rx_buffer_size;

    if (!valid_name(params->name) || !valid_ring(params->rx_ring) || !valid_ring(params->tx_ring))
        return false;
    if (params->rx_buffers < params->rx_ring || params->rx_buffers > E1000_MAX_BUFFERS)
        return false;
    if (size < 256 || size > 16384 || (size & (size - 1)))
        return false;
    if (params->max_frame < MIN_FRAME || params->max_frame > MAX_FRAME)
        return false;
    /* The longest frame must fit into a full ring, or its end could never arrive. */
    return (params->max_frame + E1000_TAG_BYTES + size - 1) / size < params->rx_ring;
}

static bool valid_os(const struct e1000_os *os)
{
    return os->read32 && os->write32 && !os->io_read32 == !os->io_write32 && os->config_read16 &&
           os->config_write16 && os->dma_alloc && os->dma_free && os->time_us && os->delay_us;
}

static uint16_t config(struct e1000_dev *dev, uint32_t offset)
{
    return dev->os->config_read16(dev->context, offset);
}

/* Memory space, bus mastering and, where there is a way to it, I/O space (4.1). VMware's firmware
 * leaves bus mastering off. */
int e1000_pci_enable(struct e1000_dev *dev, bool master)
{
    uint16_t needed = E1000_PCI_COMMAND_MEMORY | (master ? E1000_PCI_COMMAND_MASTER : 0);
    uint16_t wanted = needed | (dev->os->io_write32 ? E1000_PCI_COMMAND_IO : 0);
    uint16_t command = config(dev, E1000_PCI_COMMAND);

    if ((command & wanted) != wanted) {
        dev->os->config_write16(dev->context, E1000_PCI_COMMAND, command | wanted);
        command = config(dev, E1000_PCI_COMMAND);
    }
    if ((command & needed) != needed || command == UINT16_MAX)
        return E1000_ERR_BUS;
    dev->io_reset = dev->os->io_write32 && (command & E1000_PCI_COMMAND_IO);
    return e1000_read(dev, E1000_STATUS) == E1000_GONE ? E1000_ERR_BUS : E1000_OK;
}

void e1000_pci_master_off(struct e1000_dev *dev)
{
    uint16_t command = config(dev, E1000_PCI_COMMAND);

    dev->os->config_write16(dev->context, E1000_PCI_COMMAND,
                            command & (uint16_t)~E1000_PCI_COMMAND_MASTER);
}

static void add_pci_id(struct e1000_text *text, const struct e1000_identity *identity)
{
    e1000_text_add(text, " (");
    e1000_text_hex(text, identity->vendor, 4);
    e1000_text_add(text, ":");
    e1000_text_hex(text, identity->device, 4);
    e1000_text_add(text, ")");
}

/* The beginning of a line about the device: interface, model and ids. */
static void begin_identity(const struct e1000_dev *dev, struct e1000_text *text,
                           char line[E1000_LINE_SIZE])
{
    e1000_text_begin(text, line, E1000_LINE_SIZE);
    e1000_text_add(text, dev->params.name);
    e1000_text_add(text, ": ");
    e1000_text_add(text, dev->identity.model);
    add_pci_id(text, &dev->identity);
}

/* Reads who this is from PCI configuration space. */
static int recognise(struct e1000_dev *dev)
{
    struct e1000_identity *identity = &dev->identity;

    identity->vendor = config(dev, E1000_PCI_VENDOR);
    identity->device = config(dev, E1000_PCI_DEVICE);
    identity->revision = (uint8_t)config(dev, E1000_PCI_REVISION);
    identity->subsystem_vendor = config(dev, E1000_PCI_SUBSYSTEM_VENDOR);
    identity->subsystem = config(dev, E1000_PCI_SUBSYSTEM);

    dev->id = e1000_id_find(identity->device);
    if (identity->vendor != E1000_VENDOR_INTEL || !dev->id)
        return E1000_ERR_NOT_INTEL;
    identity->model = dev->id->model;
    dev->quirks = e1000_quirks_find(identity);
    if (e1000_id_driven(dev->id))
        return E1000_OK;

    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    begin_identity(dev, &text, line);
    e1000_text_add(&text, " is recognised, but only 82540, 82545 and 82546 are driven");
    e1000_log(dev, E1000_LOG_ERROR, line);
    return E1000_ERR_UNSUPPORTED;
}

int e1000_attach_begin(struct e1000_dev *dev, const struct e1000_os *os, void *context,
                       const struct e1000_params *params)
{
    if (!dev)
        return E1000_ERR_PARAMETER;
    memset(dev, 0, sizeof *dev);
    if (!os || !params || !valid_os(os) || !valid_params(params))
        return E1000_ERR_PARAMETER;

    dev->os = os;
    dev->context = context;
    dev->params = *params;
    dev->frame_limit = params->max_frame;
    dev->promiscuous = params->promiscuous;
    dev->all_multicast = params->all_multicast;

    int error = recognise(dev);
    if (!error)
        error = e1000_pci_enable(dev, false);
    if (!error) {
        /* Whoever had the chip before may have left its receiver running: silence first. */
        e1000_quiet(dev);
        error = e1000_pci_enable(dev, true);
    }
    if (error)
        return error;

    dev->state = E1000_STATE_ATTACHING;
    e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
    return E1000_OK;
}

int e1000_attach(struct e1000_dev *dev, const struct e1000_os *os, void *context,
                 const struct e1000_params *params)
{
    if (!os || !os->sleep_us) {
        if (dev)
            memset(dev, 0, sizeof *dev);
        return E1000_ERR_PARAMETER;
    }

    int error = e1000_attach_begin(dev, os, context, params);
    if (error)
        return error;

    /* Each step is bounded by itself as long as time passes; the count is for a clock that stands.
     */
    for (unsigned i = 0; dev->state == E1000_STATE_ATTACHING; i++) {
        if (i == ATTACH_TICKS) {
            e1000_fail(dev, E1000_ERR_RESET);
            break;
        }
        uint64_t due = e1000_tick(dev);
        uint64_t now = os->time_us(context);

        if (dev->state == E1000_STATE_ATTACHING && due > now)
            os->sleep_us(context, (uint32_t)(due - now));
    }
    return dev->error;
}

/* The EEPROM's words, its checksum included, add up to a fixed number (5.6.35). */
static uint16_t eeprom_sum(const struct e1000_dev *dev)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < E1000_EEPROM_WORDS; i++)
        sum += dev->eeprom[i];
    return (uint16_t)sum;
}

/* The address comes from the EEPROM, never from RAR[0]: the 82545 that VMware models holds none
 * there after a reset. Both ports of a dual-port chip share the EEPROM; the second one's address
 * differs in the last bit (5.6.1). */
static bool find_mac(struct e1000_dev *dev)
{
    uint8_t *mac = dev->identity.mac;
    uint8_t all = 0;

    for (unsigned i = 0; i < 6; i++) {
        mac[i] = (uint8_t)(dev->eeprom[E1000_EEPROM_MAC + i / 2] >> (8 * (i % 2)));
        all |= mac[i];
    }
    if (!all)
        return false; /* before the flip makes something of it */
    if (dev->id->family == E1000_82546 && (e1000_read(dev, E1000_STATUS) & E1000_STATUS_FUNC)) {
        dev->identity.port = 1;
        mac[5] ^= 1;
    }
    return !(mac[0] & 1);
}

static void log_identity(struct e1000_dev *dev)
{
    const struct e1000_identity *identity = &dev->identity;
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    begin_identity(dev, &text, line);
    e1000_text_add(&text, ", revision ");
    e1000_text_decimal(&text, identity->revision);
    e1000_text_add(&text, ", EEPROM version ");
    e1000_text_decimal(&text, identity->eeprom_version >> 12);
    e1000_text_add(&text, ".");
    e1000_text_decimal(&text, identity->eeprom_version >> 8 & 0xF);
    e1000_log(dev, E1000_LOG_INFO, line);

    e1000_text_begin(&text, line, sizeof line);
    e1000_text_add(&text, "Ethernet address ");
    e1000_text_mac(&text, identity->mac);
    e1000_log(dev, E1000_LOG_INFO, line);
}

void e1000_identify(struct e1000_dev *dev)
{
    dev->identity.eeprom_version = dev->eeprom[E1000_EEPROM_VERSION];
    dev->identity.eeprom_sum = eeprom_sum(dev);
    if (dev->identity.eeprom_sum != E1000_EEPROM_SUM) {
        e1000_fail(dev, E1000_ERR_CHECKSUM);
    } else if (!find_mac(dev)) {
        e1000_fail(dev, E1000_ERR_MAC);
    } else if (e1000_is_fiber(dev)) {
        e1000_attached(dev);
    } else {
        e1000_next(dev, E1000_STEP_PHY_ID, 0);
    }
}

void e1000_attached(struct e1000_dev *dev)
{
    dev->state = E1000_STATE_DOWN;
    dev->step = E1000_STEP_NONE;
    log_identity(dev);
}
