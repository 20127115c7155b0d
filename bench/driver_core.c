/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver `core`: our own driver core, with the bench as its operating system. */
#include "driver.h"

#include <stdlib.h>

struct driver_core {
    struct driver base;
    struct e1000_dev dev;
    struct e1000_os os;
    struct e1000_params params;
    void (*log)(void *opaque, enum e1000_log_level level, const char *line);
    void *opaque;
};

static struct driver_core *core_of(struct driver *driver)
{
    return (struct driver_core *)driver;
}

static const struct driver_core *const_core_of(const struct driver *driver)
{
    return (const struct driver_core *)driver;
}

/* ---- The operating system ---- */

static struct device *device_of(void *context)
{
    return ((struct driver_core *)context)->base.device;
}

static uint32_t os_read32(void *context, uint32_t offset)
{
    struct device *device = device_of(context);

    return device->ops->read32(device, offset);
}

static void os_write32(void *context, uint32_t offset, uint32_t value)
{
    struct device *device = device_of(context);

    device->ops->write32(device, offset, value);
}

static uint32_t os_io_read32(void *context, uint32_t offset)
{
    struct device *device = device_of(context);

    return device->ops->io_read32(device, offset);
}

static void os_io_write32(void *context, uint32_t offset, uint32_t value)
{
    struct device *device = device_of(context);

    device->ops->io_write32(device, offset, value);
}

static uint16_t os_config_read16(void *context, uint32_t offset)
{
    struct device *device = device_of(context);

    return (uint16_t)device->ops->config_read(device, offset, 2);
}

static void os_config_write16(void *context, uint32_t offset, uint16_t value)
{
    struct device *device = device_of(context);

    device->ops->config_write(device, offset, 2, value);
}

static int os_dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                        struct e1000_dma *memory)
{
    struct driver_core *core = context;

    return dmamem_alloc(core->base.memory, size, align, boundary, memory);
}

static void os_dma_free(void *context, struct e1000_dma *memory)
{
    struct driver_core *core = context;

    dmamem_free(core->base.memory, memory);
}

#ifdef DMAMEM_POISONS
static void os_dma_owner(void *context, const struct e1000_dma *memory, size_t offset,
                         size_t length, bool device)
{
    (void)context;
    dmamem_owner(memory, offset, length, device);
}
#define OS_DMA_OWNER os_dma_owner
#else
#define OS_DMA_OWNER NULL
#endif

static uint64_t os_time_us(void *context)
{
    return device_of(context)->clock->now / BENCH_US;
}

static void os_delay_us(void *context, uint32_t us)
{
    struct device *device = device_of(context);

    device->clock->now += us * BENCH_US;
    device->ops->advance(device);
}

static void os_log(void *context, enum e1000_log_level level, const char *line)
{
    struct driver_core *core = context;

    if (core->log != NULL)
        core->log(core->opaque, level, line);
}

/* ---- The driver column ---- */

static void set_params(struct driver_core *core, const struct driver_config *config)
{
    if (config->params != NULL) {
        core->params = *config->params;
        return;
    }
    e1000_params_init(&core->params);
    core->params.name = config->name;
    core->params.rx_ring = core->params.tx_ring = (uint16_t)config->ring;
    core->params.rx_buffers = (uint16_t)(2 * config->ring);
    core->params.rx_buffer_size = (uint16_t)config->buffer_size;
    core->params.max_frame = config->max_frame;
    core->params.promiscuous = config->promiscuous;
    core->params.all_multicast = config->all_multicast;
    core->params.eeprom_by_eerd = config->eeprom_by_eerd;
    core->params.rx_checksum = !config->rx_unchecked;
}

static int core_open(struct driver **result, const struct driver_config *config,
                     struct device *device, struct dmamem *memory)
{
    struct driver_core *core = calloc(1, sizeof(*core));
    int status;

    if (core == NULL)
        return E1000_ERR_MEMORY;
    core->base = (struct driver){.ops = &driver_core, .device = device, .memory = memory};
    core->log = config->log;
    core->opaque = config->opaque;
    core->os = (struct e1000_os){
        .read32 = os_read32,
        .write32 = os_write32,
        .io_read32 = os_io_read32,
        .io_write32 = os_io_write32,
        .config_read16 = os_config_read16,
        .config_write16 = os_config_write16,
        .dma_alloc = os_dma_alloc,
        .dma_free = os_dma_free,
        .dma_owner = OS_DMA_OWNER,
        .time_us = os_time_us,
        .delay_us = os_delay_us,
        .sleep_us = os_delay_us,
        .log = os_log,
    };
    set_params(core, config);
    status = e1000_attach(&core->dev, &core->os, core, &core->params);
    if (status < 0) {
        e1000_detach(&core->dev);
        free(core);
        return status;
    }
    *result = &core->base;
    return 0;
}

static void core_close(struct driver *driver)
{
    e1000_detach(&core_of(driver)->dev);
    free(driver);
}

static int core_up(struct driver *driver)
{
    return e1000_up(&core_of(driver)->dev);
}

static int core_down(struct driver *driver)
{
    return e1000_down(&core_of(driver)->dev);
}

static bool core_ready(const struct driver *driver)
{
    return e1000_get_state(&const_core_of(driver)->dev) == E1000_STATE_UP;
}

static const char *core_failed(const struct driver *driver)
{
    const struct e1000_dev *dev = &const_core_of(driver)->dev;

    if (e1000_get_state(dev) != E1000_STATE_FAILED)
        return NULL;
    return e1000_strerror(e1000_get_error(dev));
}

static void core_get_identity(const struct driver *driver, struct e1000_identity *identity)
{
    e1000_get_identity(&const_core_of(driver)->dev, identity);
}

static void core_get_link(const struct driver *driver, struct e1000_link *link)
{
    e1000_get_link(&const_core_of(driver)->dev, link);
}

static size_t core_link_line(const struct driver *driver, char *line, size_t size)
{
    return e1000_link_line(&const_core_of(driver)->dev, line, size);
}

static uint64_t core_tick(struct driver *driver)
{
    const uint64_t us = e1000_tick(&core_of(driver)->dev);

    return us > BENCH_NEVER / BENCH_US ? BENCH_NEVER : us * BENCH_US;
}

static unsigned core_interrupt(struct driver *driver)
{
    return e1000_interrupt(&core_of(driver)->dev);
}

static unsigned core_receive(struct driver *driver, struct e1000_frag *frags, unsigned max)
{
    return e1000_receive(&core_of(driver)->dev, frags, max);
}

static void core_recycle(struct driver *driver, const struct e1000_frag *frags, unsigned count)
{
    e1000_recycle(&core_of(driver)->dev, frags, count);
}

static unsigned core_transmit(struct driver *driver, const struct e1000_frag *frags, unsigned count)
{
    return e1000_transmit(&core_of(driver)->dev, frags, count);
}

static unsigned core_reap(struct driver *driver, void **cookies, unsigned max)
{
    return e1000_reap(&core_of(driver)->dev, cookies, max);
}

static const char *core_stat(struct driver *driver, unsigned i, uint64_t *value)
{
    struct e1000_dev *dev = &core_of(driver)->dev;

    if (i == 0)
        e1000_harvest(dev);
    *value = e1000_stat(dev, i);
    return e1000_stat_name(i);
}

/* ---- What not every driver can do ---- */

static const char *core_stat_seen(const struct driver *driver, unsigned i, uint64_t *value)
{
    *value = e1000_stat(&const_core_of(driver)->dev, i);
    return e1000_stat_name(i);
}

static enum e1000_state core_state(const struct driver *driver)
{
    return e1000_get_state(&const_core_of(driver)->dev);
}

static unsigned core_poll(struct driver *driver, struct e1000_frag *frags, unsigned budget,
                          unsigned *work)
{
    return e1000_poll(&core_of(driver)->dev, frags, budget, work);
}

static bool core_tx_stopped(const struct driver *driver)
{
    return e1000_tx_stopped(&const_core_of(driver)->dev);
}

static int core_reset(struct driver *driver)
{
    return e1000_reset(&core_of(driver)->dev);
}

static int core_set_filter(struct driver *driver, bool promiscuous, bool all_multicast,
                           const uint8_t (*addresses)[6], unsigned count)
{
    return e1000_set_filter(&core_of(driver)->dev, promiscuous, all_multicast, addresses, count);
}

static int core_set_unicast(struct driver *driver, const uint8_t (*addresses)[6], unsigned count)
{
    return e1000_set_unicast(&core_of(driver)->dev, addresses, count);
}

static int core_set_mac(struct driver *driver, const uint8_t mac[6])
{
    return e1000_set_mac(&core_of(driver)->dev, mac);
}

static void core_vlan_filter(struct driver *driver, bool on)
{
    e1000_vlan_filter(&core_of(driver)->dev, on);
}

static int core_vlan_want(struct driver *driver, unsigned id, bool wanted)
{
    return e1000_vlan_want(&core_of(driver)->dev, id, wanted);
}

static int core_set_media(struct driver *driver, const struct e1000_media *media)
{
    return e1000_set_media(&core_of(driver)->dev, media);
}

static void core_get_media(const struct driver *driver, struct e1000_media *media)
{
    e1000_get_media(&const_core_of(driver)->dev, media);
}

static int core_get_cable(struct driver *driver, struct e1000_cable *cable)
{
    return e1000_get_cable(&core_of(driver)->dev, cable);
}

static int core_blink(struct driver *driver, bool on)
{
    return e1000_blink(&core_of(driver)->dev, on);
}

static int core_harvest(struct driver *driver)
{
    return e1000_harvest(&core_of(driver)->dev);
}

static int core_dump(struct driver *driver, unsigned i, struct e1000_register *reg)
{
    return e1000_dump(&core_of(driver)->dev, i, reg);
}

static int core_set_wake(struct driver *driver, uint32_t events, const uint8_t ipv4[4])
{
    return e1000_set_wake(&core_of(driver)->dev, events, ipv4);
}

static int core_suspend(struct driver *driver)
{
    return e1000_suspend(&core_of(driver)->dev);
}

static int core_resume(struct driver *driver)
{
    return e1000_resume(&core_of(driver)->dev);
}

static uint32_t core_woken_by(const struct driver *driver)
{
    return e1000_woken_by(&const_core_of(driver)->dev);
}

static int core_eeprom_read(struct driver *driver, unsigned word, uint16_t *value)
{
    return e1000_eeprom_read(&core_of(driver)->dev, word, value);
}

static int core_eeprom_unlock(struct driver *driver, uint32_t key)
{
    return e1000_eeprom_unlock(&core_of(driver)->dev, key);
}

static int core_eeprom_write(struct driver *driver, unsigned first, const uint16_t *values,
                             unsigned count)
{
    return e1000_eeprom_write(&core_of(driver)->dev, first, values, count);
}

static int core_phy_read(struct driver *driver, unsigned reg, uint16_t *value)
{
    return e1000_phy_read(&core_of(driver)->dev, reg, value);
}

static int core_selftest(struct driver *driver, uint32_t flags)
{
    return e1000_selftest(&core_of(driver)->dev, flags);
}

static void core_get_selftest(const struct driver *driver, struct e1000_selftest *result)
{
    e1000_get_selftest(&const_core_of(driver)->dev, result);
}

static int core_get_job(const struct driver *driver)
{
    return e1000_get_job(&const_core_of(driver)->dev);
}

const struct driver_ops driver_core = {
    .name = "core",
    .open = core_open,
    .close = core_close,
    .error = e1000_strerror,
    .up = core_up,
    .down = core_down,
    .ready = core_ready,
    .failed = core_failed,
    .get_identity = core_get_identity,
    .get_link = core_get_link,
    .link_line = core_link_line,
    .tick = core_tick,
    .interrupt = core_interrupt,
    .receive = core_receive,
    .recycle = core_recycle,
    .transmit = core_transmit,
    .reap = core_reap,
    .stat = core_stat,
    .stat_seen = core_stat_seen,
    .state = core_state,
    .poll = core_poll,
    .tx_stopped = core_tx_stopped,
    .reset = core_reset,
    .set_filter = core_set_filter,
    .set_unicast = core_set_unicast,
    .set_mac = core_set_mac,
    .vlan_filter = core_vlan_filter,
    .vlan_want = core_vlan_want,
    .set_media = core_set_media,
    .get_media = core_get_media,
    .get_cable = core_get_cable,
    .blink = core_blink,
    .harvest = core_harvest,
    .dump = core_dump,
    .set_wake = core_set_wake,
    .suspend = core_suspend,
    .resume = core_resume,
    .woken_by = core_woken_by,
    .eeprom_read = core_eeprom_read,
    .eeprom_unlock = core_eeprom_unlock,
    .eeprom_write = core_eeprom_write,
    .phy_read = core_phy_read,
    .selftest = core_selftest,
    .get_selftest = core_get_selftest,
    .get_job = core_get_job,
};
