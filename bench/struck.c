/* SPDX-License-Identifier: BSD-2-Clause */
#include "struck.h"

#include <string.h>

#define LOSES   (1u << E1000EMU_FAULT_LOSES)
#define DAMAGES (1u << E1000EMU_FAULT_DAMAGES)
#define DOUBLES (1u << E1000EMU_FAULT_DOUBLES)
#define DELAYS  (1u << E1000EMU_FAULT_DELAYS)

static void count(struct struck_counts *counts, unsigned effects)
{
    counts->lost += (effects & LOSES) != 0;
    counts->damaged += (effects & DAMAGES) != 0;
    counts->doubled += (effects & DOUBLES) != 0;
    counts->late += (effects & DELAYS) != 0;
}

static void strike_arriving(struct struck *struck, const uint8_t *data, unsigned effect)
{
    const unsigned n = struck->count;

    if (n != 0 && struck->arriving[n - 1].data == data) {
        struck->arriving[n - 1].effects |= effect;
    } else if (n < STRUCK_FRAMES) {
        struck->arriving[n].data = data;
        struck->arriving[n].effects = effect;
        struck->count++;
    }
}

/* Counted at once, each effect once a frame. */
static void strike_leaving(struct struck *struck, const uint8_t *data, unsigned effect)
{
    if (struck->leaving.data != data)
        struck->leaving.effects = 0;
    struck->leaving.data = data;
    count(&struck->sent, effect & ~struck->leaving.effects);
    struck->leaving.effects |= effect;
}

void struck_event(struct struck *struck, const struct e1000emu_event *event)
{
    const struct e1000emu_fault *fault = event->u.fault.row;

    if (event->kind == E1000EMU_EVENT_SENT)
        struck->leaving.data = NULL;
    else if (fault->effect != E1000EMU_FAULT_OTHER && fault->sent)
        strike_leaving(struck, event->u.fault.frame->data, 1u << fault->effect);
    else if (fault->effect != E1000EMU_FAULT_OTHER)
        strike_arriving(struck, event->u.fault.frame->data, 1u << fault->effect);
}

bool struck_arrived(struct struck *struck, const uint8_t *data, bool stored)
{
    if (struck->count == 0 || struck->arriving[0].data != data)
        return false;
    count(&struck->received, stored ? struck->arriving[0].effects : LOSES);
    struck->count--;
    memmove(&struck->arriving[0], &struck->arriving[1],
            struck->count * sizeof(struck->arriving[0]));
    return true;
}
