/* SPDX-License-Identifier: BSD-2-Clause */
/* Attaching: recognising the chip, switching it on in PCI, and finding out which one it is. */
#include "internal.h"

/* More ticks than the slowest chip needs that still attaches. */
#define ATTACH_TICKS 4096u

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
    e1000_text_line(dev, text, line, E1000_LINE_SIZE);
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
    identity->fiber = dev->id->flags & E1000_ID_FIBER;
    dev->quirks = e1000_quirks_find(dev->id, identity);
    identity->msi = !(dev->quirks & E1000_QUIRK_NO_MSI);
    if (e1000_id_driven(dev->id))
        return E1000_OK;

    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    begin_identity(dev, &text, line);
    e1000_text_add(&text, " is recognised, but only 82540, 82545 and 82546 are driven");
    e1000_log(dev, E1000_LOG_ERROR, line);
    return E1000_ERR_UNSUPPORTED;
}

/* A parameter that can't be used, by its name. */
static void refuse(struct e1000_dev *dev, const char *parameter)
{
    char line[E1000_LINE_SIZE];
    struct e1000_text text;

    e1000_text_begin(&text, line, sizeof line);
    e1000_text_add(&text, "parameter ");
    e1000_text_add(&text, parameter);
    e1000_text_add(&text, ": missing, out of range, or in contradiction to another");
    e1000_log(dev, E1000_LOG_ERROR, line);
}

/* What this device can't have, though others can. */
static int check_against_device(struct e1000_dev *dev)
{
    const struct e1000_params *params = &dev->params;

    if (!e1000_media_valid(&params->media, dev->identity.fiber)) {
        refuse(dev, "media");
        return E1000_ERR_PARAMETER;
    }
    if (params->rx_delay && !params->rx_delay_forced && dev->quirks & E1000_QUIRK_RDTR_HANGS) {
        e1000_say(dev, E1000_LOG_ERROR, "rx_delay may stop this chip's receiver");
        return E1000_ERR_UNSUPPORTED;
    }
    return E1000_OK;
}

static int check_params(struct e1000_dev *dev)
{
    const char *wrong = e1000_params_wrong(&dev->params);

    if (!wrong)
        return E1000_OK;
    refuse(dev, wrong);
    return E1000_ERR_PARAMETER;
}

int e1000_attach_bus(struct e1000_dev *dev)
{
    int error = e1000_pci_enable(dev, false);

    if (error)
        return error;
    error = e1000_msi_check(dev);
    if (error)
        return error;
    e1000_msi_set(dev, false);
    /* Whoever had the chip before may have left its receiver running: silence first. */
    e1000_quiet(dev);
    return e1000_pci_enable(dev, true);
}

int e1000_attach_begin(struct e1000_dev *dev, const struct e1000_os *os, void *context,
                       const struct e1000_params *params)
{
    if (!dev)
        return E1000_ERR_PARAMETER;
    memset(dev, 0, sizeof *dev);
    if (!os || !params || !valid_os(os))
        return E1000_ERR_PARAMETER;

    dev->os = os;
    dev->context = context;
    dev->params = *params;

    int error = check_params(dev);
    if (!error)
        error = recognise(dev);
    if (!error)
        error = check_against_device(dev);
    if (error)
        return error;

    dev->frame_limit = params->max_frame;
    dev->promiscuous = params->promiscuous;
    dev->all_multicast = params->all_multicast;
    dev->media = params->media;
    if (!e1000_power_on(dev)) {
        dev->state = E1000_STATE_ATTACHING;
        e1000_next(dev, E1000_STEP_AWAKE, E1000_AWAKE_US);
        return E1000_OK;
    }
    error = e1000_attach_bus(dev);
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
    if (dev->id->flags & E1000_ID_DUAL && (e1000_read(dev, E1000_STATUS) & E1000_STATUS_FUNC)) {
        dev->identity.port = 1;
        mac[5] ^= 1;
    }
    memcpy(dev->mac, mac, sizeof dev->mac);
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
    dev->identity.wake = e1000_wake_able(dev);
    dev->state = E1000_STATE_DOWN;
    dev->step = E1000_STEP_NONE;
    log_identity(dev);
}
