namespace ZeptAdmin.Linux;

/// <summary>Reads and writes which fields of a packet go into the receive hash (<c>ETHTOOL_GRXFH</c>, <c>ETHTOOL_SRXFH</c>).</summary>
public static class EthtoolHashFields
{
    /// <summary>Bits of <c>RXH_*</c> for one flow type; 0 when packets of this type are not hashed.</summary>
    public static Answer<ulong> Get(IEthtoolChannel channel, string interfaceName, uint flowType) =>
        EthtoolRequest.Get(channel, interfaceName, EthtoolCommands.ETHTOOL_GRXFH, "read the hash fields", new EthtoolRxNfc { FlowType = flowType })
            .Select(answer => answer.Data);

    /// <summary>Sets the bits of <c>RXH_*</c> for one flow type; null when the driver took them.</summary>
    public static Refusal? Set(IEthtoolChannel channel, string interfaceName, uint flowType, ulong fields) =>
        EthtoolRequest.Set(channel, interfaceName, EthtoolCommands.ETHTOOL_SRXFH, "set the hash fields", new EthtoolRxNfc { FlowType = flowType, Data = fields });
}
