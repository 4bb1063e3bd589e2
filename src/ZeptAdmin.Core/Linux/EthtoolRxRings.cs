namespace ZeptAdmin.Linux;

/// <summary>Reads the number of receive rings (<c>ETHTOOL_GRXRINGS</c>).</summary>
public static class EthtoolRxRings
{
    /// <summary>Receive rings that a table or a rule may name.</summary>
    /// <exception cref="KernelFormatException">The number is not to be believed.</exception>
    public static Answer<int> Get(IEthtoolChannel channel, string interfaceName) =>
        EthtoolRequest.Get<EthtoolRxNfc>(channel, interfaceName, EthtoolCommands.ETHTOOL_GRXRINGS, "read the number of receive rings")
            .Select(answer => answer.Data <= EthtoolRss.MostEntries
                ? (int)answer.Data
                : throw EthtoolRequest.Wild(interfaceName, EthtoolCommands.ETHTOOL_GRXRINGS, $"{answer.Data} receive rings"));
}
