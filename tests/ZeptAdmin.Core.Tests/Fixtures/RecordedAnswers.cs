using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ZeptAdmin.Linux;
using ZeptAdmin.Sensors;

namespace ZeptAdmin.Tests.Fixtures;

/// <summary>Writes ethtool.txt of a snapshot from structures, as the kernel would have answered.</summary>
internal sealed class RecordedAnswers
{
    private readonly StringBuilder _text = new();

    /// <summary>The answers so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>A comment line.</summary>
    public void Comment(string text) => _text.Append("# ").Append(text).Append('\n');

    /// <summary>A refusal of a request that is nothing but its command.</summary>
    public void Refuse(string name, uint command, Errno errno) => Add(name, BitConverter.GetBytes(command), [], errno);

    /// <summary>An answer in a structure of fixed size to a request that is nothing but its command.</summary>
    public void Answer<T>(string name, uint command, T answer)
        where T : unmanaged => Add(name, BitConverter.GetBytes(command), Bytes(answer, command));

    /// <summary>An answer that is a structure with data behind it, to a request that is a structure.</summary>
    public void Answer<T>(string name, uint command, T request, T answer, ReadOnlySpan<byte> data)
        where T : unmanaged => Add(name, Bytes(request, command), [.. Bytes(answer, command), .. data]);

    /// <summary>A string set: its count and its strings.</summary>
    public void Strings(string name, EthtoolStringSet set, params string[] strings)
    {
        EthtoolStringSetInfo info = new() { Mask = 1UL << (int)set };
        Answer(name, EthtoolCommands.ETHTOOL_GSSET_INFO, info, info, BitConverter.GetBytes(strings.Length));
        EthtoolStringsHead head = new() { StringSet = (uint)set, Length = (uint)strings.Length };
        byte[] data = new byte[strings.Length * EthtoolStrings.ETH_GSTRING_LEN];
        for (int i = 0; i < strings.Length; i++)
        {
            _ = Encoding.UTF8.GetBytes(strings[i], data.AsSpan(i * EthtoolStrings.ETH_GSTRING_LEN, EthtoolStrings.ETH_GSTRING_LEN));
        }

        Answer(name, EthtoolCommands.ETHTOOL_GSTRINGS, head, head, data);
    }

    /// <summary>A string set that the driver does not have.</summary>
    public void NoStrings(string name, EthtoolStringSet set) =>
        Answer(name, EthtoolCommands.ETHTOOL_GSSET_INFO, new EthtoolStringSetInfo { Mask = 1UL << (int)set }, default, []);

    /// <summary>Link settings: the handshake, then the masks.</summary>
    public void Link(string name, uint speedMbps, byte port, bool autoneg, params int[] modes)
    {
        const int words = 4;
        EthtoolLinkSettingsHead head = new() { Speed = speedMbps, Duplex = (byte)(speedMbps == uint.MaxValue ? 0xff : 1), Port = port, Autoneg = (byte)(autoneg ? 1 : 0) };
        Answer(name, EthtoolCommands.ETHTOOL_GLINKSETTINGS, default, head with { LinkModeMasksNwords = -words }, []);
        uint[] masks = new uint[3 * words];
        foreach (int bit in modes)
        {
            masks[bit / 32] |= 1U << (bit % 32);
            masks[words + (bit / 32)] |= 1U << (bit % 32);
        }

        Answer(name, EthtoolCommands.ETHTOOL_GLINKSETTINGS, new EthtoolLinkSettingsHead { LinkModeMasksNwords = words },
            head with { LinkModeMasksNwords = words }, MemoryMarshal.AsBytes<uint>(masks));
    }

    /// <summary>Features: their names, and the blocks of bits.</summary>
    public void Features(string name, string[] names, string[] changeable, string[] on, string[] requested)
    {
        Strings(name, EthtoolStringSet.ETH_SS_FEATURES, names);
        EthtoolFeaturesBlock[] blocks = new EthtoolFeaturesBlock[(names.Length + 31) / 32];
        for (int i = 0; i < names.Length; i++)
        {
            uint bit = 1U << (i % 32);
            ref EthtoolFeaturesBlock block = ref blocks[i / 32];
            block.Available |= changeable.Contains(names[i]) ? bit : 0;
            block.Active |= on.Contains(names[i]) ? bit : 0;
            block.Requested |= requested.Contains(names[i]) ? bit : 0;
        }

        EthtoolFeaturesHead head = new() { Size = (uint)blocks.Length };
        Answer(name, EthtoolCommands.ETHTOOL_GFEATURES, head, head, MemoryMarshal.AsBytes<EthtoolFeaturesBlock>(blocks));
    }

    /// <summary>What the driver says of itself.</summary>
    public unsafe void Driver(string name, string driver, string version, string firmware, string bus, uint counters, uint flags)
    {
        EthtoolDrvInfo info = new() { NStats = counters, NPrivFlags = flags };
        Put(info.Driver, driver);
        Put(info.Version, version);
        Put(info.FwVersion, firmware);
        Put(info.BusInfo, bus);
        Answer(name, EthtoolCommands.ETHTOOL_GDRVINFO, info);
    }

    /// <summary>The permanent address.</summary>
    public void Address(string name, ReadOnlySpan<byte> address) =>
        Answer(name, EthtoolCommands.ETHTOOL_GPERMADDR, new EthtoolPermAddrHead { Size = 32 }, new EthtoolPermAddrHead { Size = 6 }, address);

    private static unsafe void Put(byte* field, string text) => Encoding.UTF8.GetBytes(text, new Span<byte>(field, 32));

    private static byte[] Bytes<T>(T value, uint command)
        where T : unmanaged
    {
        byte[] bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, in value);
        MemoryMarshal.Write(bytes, command);
        return bytes;
    }

    private void Add(string name, ReadOnlySpan<byte> request, ReadOnlySpan<byte> answer, Errno errno = Errno.None) =>
        _text.Append(RecordedEthtool.Line(name, request, answer, errno)).Append('\n');
}
