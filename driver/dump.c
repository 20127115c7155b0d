/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers that can be read at any time without changing anything. */
#include "internal.h"

static const struct {
    uint16_t offset;
    const char *name;
} registers[] = {
    {E1000_CTRL, "CTRL"},         {E1000_STATUS, "STATUS"}, {E1000_EECD, "EECD"},
    {E1000_CTRL_EXT, "CTRL_EXT"}, {E1000_MDIC, "MDIC"},     {E1000_FCAL, "FCAL"},
    {E1000_FCAH, "FCAH"},         {E1000_FCT, "FCT"},       {E1000_VET, "VET"},
    {E1000_ITR, "ITR"},           {E1000_IMS, "IMS"},       {E1000_RCTL, "RCTL"},
    {E1000_FCTTV, "FCTTV"},       {E1000_TXCW, "TXCW"},     {E1000_TCTL, "TCTL"},
    {E1000_TIPG, "TIPG"},         {E1000_LEDCTL, "LEDCTL"}, {E1000_PBA, "PBA"},
    {E1000_FCRTL, "FCRTL"},       {E1000_FCRTH, "FCRTH"},   {E1000_RDFH, "RDFH"},
    {E1000_RDFT, "RDFT"},         {E1000_RDFPC, "RDFPC"},   {E1000_RDBAL, "RDBAL"},
    {E1000_RDBAH, "RDBAH"},       {E1000_RDLEN, "RDLEN"},   {E1000_RDH, "RDH"},
    {E1000_RDT, "RDT"},           {E1000_RDTR, "RDTR"},     {E1000_RXDCTL, "RXDCTL"},
    {E1000_RADV, "RADV"},         {E1000_TDFH, "TDFH"},     {E1000_TDFT, "TDFT"},
    {E1000_TDFPC, "TDFPC"},       {E1000_TDBAL, "TDBAL"},   {E1000_TDBAH, "TDBAH"},
    {E1000_TDLEN, "TDLEN"},       {E1000_TDH, "TDH"},       {E1000_TDT, "TDT"},
    {E1000_TIDV, "TIDV"},         {E1000_TXDCTL, "TXDCTL"}, {E1000_TADV, "TADV"},
    {E1000_RXCSUM, "RXCSUM"},     {E1000_RAL(0), "RAL0"},   {E1000_RAH(0), "RAH0"},
    {E1000_WUC, "WUC"},           {E1000_WUFC, "WUFC"},     {E1000_WUS, "WUS"},
    {E1000_MANC, "MANC"},         {E1000_IPAV, "IPAV"},
};

int e1000_dump(struct e1000_dev *dev, unsigned i, struct e1000_register *reg)
{
    if (i >= sizeof registers / sizeof registers[0] || !reg)
        return E1000_ERR_PARAMETER;
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    *reg = (struct e1000_register){registers[i].name, registers[i].offset,
                                   e1000_read(dev, registers[i].offset)};
    return E1000_OK;
}
