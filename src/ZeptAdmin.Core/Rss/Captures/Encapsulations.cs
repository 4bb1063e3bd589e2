namespace ZeptAdmin.Rss.Captures;

/// <summary>What a packet is wrapped in. A packet may have several.</summary>
[Flags]
public enum Encapsulations
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A VLAN tag: the card looks behind it.</summary>
    Vlan = 1,
    /// <summary>Two VLAN tags or more: the card looks behind two.</summary>
    QinQ = 2,
    /// <summary>MPLS labels: the card sees no IP (field.md H11).</summary>
    Mpls = 4,
    /// <summary>PPPoE: the card sees no IP.</summary>
    Pppoe = 8,
    /// <summary>GRE, ERSPAN with it: the card hashes the outer addresses.</summary>
    Gre = 16,
    /// <summary>VXLAN (UDP port 4789): the card hashes the outer addresses and ports.</summary>
    Vxlan = 32,
    /// <summary>Geneve (UDP port 6081): the card hashes the outer addresses and ports.</summary>
    Geneve = 64,
    /// <summary>IP in IP (protocols 4 and 41): the card hashes the outer addresses.</summary>
    IpInIp = 128,
}
