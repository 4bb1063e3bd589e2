using System.Runtime.InteropServices;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

/// <summary>A driver that answers anything: bytes at random over the whole buffer, or an error number.</summary>
internal sealed class WildChannel(byte[] noise, int[] behaviours) : IEthtoolChannel
{
    private static readonly Errno[] Errors = [Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOENT, Errno.EMSGSIZE, Errno.EPERM, (Errno)4711];

    private int _calls;

    public Errno Send(string interfaceName, Span<byte> buffer)
    {
        int call = _calls++;
        int behaviour = behaviours[call % behaviours.Length];
        switch (behaviour % 4)
        {
            case 0:
                return Errors[behaviour / 4 % Errors.Length];
            case 1:
                // Leaves the request as it was: a short answer.
                return Errno.None;
            case 2:
                for (int i = 0; i < buffer.Length; i++)
                {
                    buffer[i] = noise[(i + call) % noise.Length];
                }

                return Errno.None;
            default:
                // Small numbers in the places of counts: the ones that are believed.
                for (int i = 4; i + 4 <= buffer.Length; i += 4)
                {
                    MemoryMarshal.Write(buffer[i..], (uint)noise[(i + call) % noise.Length]);
                }

                return Errno.None;
        }
    }
}
