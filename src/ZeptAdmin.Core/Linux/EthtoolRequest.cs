using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZeptAdmin.Linux;

/// <summary>The two forms of a question by <c>SIOCETHTOOL</c>: a structure, or a structure with data behind it.</summary>
internal static class EthtoolRequest
{
    /// <summary>How often an answer in two parts is read until both parts agree.</summary>
    public const int Attempts = 3;

    /// <summary>Asks with a structure of fixed size whose first 32 bits are the command.</summary>
    /// <param name="channel">The way to the driver.</param>
    /// <param name="interfaceName">Kernel name of the interface.</param>
    /// <param name="command">Command; written over the first 32 bits.</param>
    /// <param name="operation">What is tried, as a verb phrase for a refusal: "read the ring depths".</param>
    /// <param name="request">What else the request holds.</param>
    public static Answer<T> Get<T>(IEthtoolChannel channel, string interfaceName, uint command, string operation, T request = default)
        where T : unmanaged
    {
        Span<byte> buffer = MemoryMarshal.AsBytes(new Span<T>(ref request));
        MemoryMarshal.Write(buffer, command);
        Errno errno = channel.Send(interfaceName, buffer);
        return errno == Errno.None ? request : Refuse(errno, operation, interfaceName);
    }

    /// <summary>Writes a structure of fixed size; null when the driver took it.</summary>
    /// <param name="channel">The way to the driver.</param>
    /// <param name="interfaceName">Kernel name of the interface.</param>
    /// <param name="command">Command; written over the first 32 bits.</param>
    /// <param name="operation">What is tried, as a verb phrase for a refusal: "set the ring depths".</param>
    /// <param name="request">What is wanted.</param>
    public static Refusal? Set<T>(IEthtoolChannel channel, string interfaceName, uint command, string operation, T request)
        where T : unmanaged
    {
        Span<byte> buffer = MemoryMarshal.AsBytes(new Span<T>(ref request));
        MemoryMarshal.Write(buffer, command);
        Errno errno = channel.Send(interfaceName, buffer);
        return errno == Errno.None ? null : Refuse(errno, operation, interfaceName);
    }

    /// <summary>A buffer that starts with a structure and has room for data behind it.</summary>
    public static byte[] Buffer<T>(T head, uint command, int roomBehind)
        where T : unmanaged
    {
        byte[] buffer = new byte[Unsafe.SizeOf<T>() + roomBehind];
        MemoryMarshal.Write(buffer, in head);
        MemoryMarshal.Write(buffer, command);
        return buffer;
    }

    /// <summary>The structure at the start of an answer.</summary>
    public static T Head<T>(ReadOnlySpan<byte> buffer)
        where T : unmanaged => MemoryMarshal.Read<T>(buffer);

    /// <summary>The refusal of a read; all reads that the kernel guards want CAP_NET_ADMIN (net/ethtool/ioctl.c, dev_ethtool).</summary>
    public static Refusal Refuse(Errno errno, string operation, string interfaceName) =>
        new(errno, operation, interfaceName) { Capability = "CAP_NET_ADMIN" };

    /// <summary>The complaint about an answer that contradicts itself.</summary>
    public static KernelFormatException Wild(string interfaceName, uint command, string problem) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the answer of '{interfaceName}' to SIOCETHTOOL 0x{command:x}"), problem);
}
