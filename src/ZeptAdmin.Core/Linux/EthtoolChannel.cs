using System.Runtime.InteropServices;
using System.Text;

namespace ZeptAdmin.Linux;

/// <summary>The way to <c>SIOCETHTOOL</c>: a buffer that starts with the command goes in, the answer comes back in it.</summary>
/// <remarks>linux/ethtool.h, linux/sockios.h. A live machine asks the kernel; a snapshot looks the request up.</remarks>
public interface IEthtoolChannel
{
    /// <summary>Sends one request.</summary>
    /// <param name="interfaceName">Kernel name of the interface, at most 15 bytes.</param>
    /// <param name="buffer">A structure of linux/ethtool.h in native byte order; its first 32 bits are the command.</param>
    /// <returns>None, or the kernel's error number.</returns>
    Errno Send(string interfaceName, Span<byte> buffer);
}

/// <summary>Sends <c>SIOCETHTOOL</c> to the running kernel, in the network namespace in which it was made.</summary>
public sealed partial class LiveEthtoolChannel : IEthtoolChannel, IDisposable
{
    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int IFREQ_SIZE = 40;
    private const uint SIOCETHTOOL = 0x8946;

    private readonly int _socket;

    /// <summary>Opens the socket that carries the requests; any kind of socket does.</summary>
    /// <exception cref="KernelException">The kernel gives no socket.</exception>
    public LiveEthtoolChannel()
    {
        _socket = Socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (_socket < 0)
        {
            throw new KernelException(new Refusal((Errno)Marshal.GetLastPInvokeError(), "open a control socket", "SIOCETHTOOL"));
        }
    }

    /// <inheritdoc/>
    public unsafe Errno Send(string interfaceName, Span<byte> buffer)
    {
        if (!InterfaceName.IsPossible(interfaceName))
        {
            return Errno.ENODEV;
        }

        byte* request = stackalloc byte[IFREQ_SIZE];
        new Span<byte>(request, IFREQ_SIZE).Clear();
        _ = Encoding.UTF8.GetBytes(interfaceName, new Span<byte>(request, InterfaceName.IFNAMSIZ - 1));
        fixed (byte* data = buffer)
        {
            // struct ifreq: char ifr_name[16], then the union whose first member here is void *ifr_data.
            *(byte**)(request + InterfaceName.IFNAMSIZ) = data;
            return Ioctl(_socket, SIOCETHTOOL, request) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_socket);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
