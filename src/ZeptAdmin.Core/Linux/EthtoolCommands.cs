namespace ZeptAdmin.Linux;

/// <summary>Commands of <c>SIOCETHTOOL</c>, with the kernel's names and numbers (linux/ethtool.h).</summary>
public static class EthtoolCommands
{
    /// <summary>Driver, firmware and bus address (<c>struct ethtool_drvinfo</c>).</summary>
    public const uint ETHTOOL_GDRVINFO = 0x03;

    /// <summary>Whether there is a link (<c>struct ethtool_value</c>).</summary>
    public const uint ETHTOOL_GLINK = 0x0a;

    /// <summary>Interrupt coalescing (<c>struct ethtool_coalesce</c>).</summary>
    public const uint ETHTOOL_GCOALESCE = 0x0e;

    /// <summary>Sets interrupt coalescing.</summary>
    public const uint ETHTOOL_SCOALESCE = 0x0f;

    /// <summary>Descriptor ring depths (<c>struct ethtool_ringparam</c>).</summary>
    public const uint ETHTOOL_GRINGPARAM = 0x10;

    /// <summary>Sets descriptor ring depths.</summary>
    public const uint ETHTOOL_SRINGPARAM = 0x11;

    /// <summary>Pause frames (<c>struct ethtool_pauseparam</c>).</summary>
    public const uint ETHTOOL_GPAUSEPARAM = 0x12;

    /// <summary>Sets pause frames.</summary>
    public const uint ETHTOOL_SPAUSEPARAM = 0x13;

    /// <summary>Names of a string set (<c>struct ethtool_gstrings</c>).</summary>
    public const uint ETHTOOL_GSTRINGS = 0x1b;

    /// <summary>Counters of the driver (<c>struct ethtool_stats</c>).</summary>
    public const uint ETHTOOL_GSTATS = 0x1d;

    /// <summary>Permanent hardware address (<c>struct ethtool_perm_addr</c>).</summary>
    public const uint ETHTOOL_GPERMADDR = 0x20;

    /// <summary>Private flags of the driver as a bitmap (<c>struct ethtool_value</c>).</summary>
    public const uint ETHTOOL_GPFLAGS = 0x27;

    /// <summary>Sets private flags of the driver.</summary>
    public const uint ETHTOOL_SPFLAGS = 0x28;

    /// <summary>Hash fields of a flow type (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_GRXFH = 0x29;

    /// <summary>Sets the hash fields of a flow type.</summary>
    public const uint ETHTOOL_SRXFH = 0x2a;

    /// <summary>Number of receive rings (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_GRXRINGS = 0x2d;

    /// <summary>Number of flow rules (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_GRXCLSRLCNT = 0x2e;

    /// <summary>One flow rule (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_GRXCLSRULE = 0x2f;

    /// <summary>Locations of all flow rules (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_GRXCLSRLALL = 0x30;

    /// <summary>Deletes a flow rule (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_SRXCLSRLDEL = 0x31;

    /// <summary>Inserts a flow rule (<c>struct ethtool_rxnfc</c>).</summary>
    public const uint ETHTOOL_SRXCLSRLINS = 0x32;

    /// <summary>Number of strings in string sets (<c>struct ethtool_sset_info</c>).</summary>
    public const uint ETHTOOL_GSSET_INFO = 0x37;

    /// <summary>RSS indirection table, before GRSSH (<c>struct ethtool_rxfh_indir</c>).</summary>
    public const uint ETHTOOL_GRXFHINDIR = 0x38;

    /// <summary>Sets the RSS indirection table, before SRSSH.</summary>
    public const uint ETHTOOL_SRXFHINDIR = 0x39;

    /// <summary>Features, also called offloads (<c>struct ethtool_gfeatures</c>).</summary>
    public const uint ETHTOOL_GFEATURES = 0x3a;

    /// <summary>Sets features (<c>struct ethtool_sfeatures</c>).</summary>
    public const uint ETHTOOL_SFEATURES = 0x3b;

    /// <summary>Numbers of queues (<c>struct ethtool_channels</c>).</summary>
    public const uint ETHTOOL_GCHANNELS = 0x3c;

    /// <summary>Sets numbers of queues.</summary>
    public const uint ETHTOOL_SCHANNELS = 0x3d;

    /// <summary>RSS key, function, transformation and indirection table (<c>struct ethtool_rxfh</c>).</summary>
    public const uint ETHTOOL_GRSSH = 0x46;

    /// <summary>Sets RSS key, function, transformation and indirection table.</summary>
    public const uint ETHTOOL_SRSSH = 0x47;

    /// <summary>Speed, duplex and link modes (<c>struct ethtool_link_settings</c>).</summary>
    public const uint ETHTOOL_GLINKSETTINGS = 0x4c;

    /// <summary>True for the commands that change something.</summary>
    public static bool Changes(uint command) => command switch
    {
        // SSET, SWOL, SMSGLVL, NWAY_RST, SEEPROM, SCOALESCE, SRINGPARAM, SPAUSEPARAM, SRXCSUM..SSG, TEST, PHYS_ID
        0x02 or 0x06 or 0x08 or 0x09 or 0x0c or 0x0f or 0x11 or 0x13 or 0x15 or 0x17 or 0x19 or 0x1a or 0x1c => true,
        // STSO, SUFO, SGSO, SFLAGS, SPFLAGS, SRXFH, SGRO, SRXCLSRLDEL, SRXCLSRLINS, FLASHDEV, RESET, SRXNTUPLE
        0x1f or 0x22 or 0x24 or 0x26 or 0x28 or 0x2a or 0x2c or 0x31 or 0x32 or 0x33 or 0x34 or 0x35 => true,
        // SRXFHINDIR, SFEATURES, SCHANNELS, SET_DUMP, SEEE, SRSSH, STUNABLE, SPHYTUNABLE, SLINKSETTINGS, SFECPARAM
        0x39 or 0x3b or 0x3d or 0x3e or 0x45 or 0x47 or 0x49 or 0x4d or 0x4f or 0x51 => true,
        _ => false,
    };
}
