using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ZeptAdmin.Tests;

/// <summary>
/// A receiver of events by HTTP that can be stopped: connections are then refused, and those that were open are cut without an answer. It counts each
/// event by the number behind <c>"seq":</c>, and those that came more than once.
/// </summary>
/// <remarks>It listens at an address of its own in 127.0.0.0/8, whose ports no outgoing connection takes while it is stopped.</remarks>
internal sealed class EventSink : IDisposable
{
    private readonly Lock _lock = new();
    private readonly bool[] _seen;
    private readonly List<Socket> _connections = [];
    private readonly IPEndPoint _place;
    private Socket? _listener;
    private int _distinct;
    private int _twice;
    private int _strange;
    private int _refused;
    private int _status = 200;

    /// <summary>Listens for events with numbers below so many.</summary>
    public EventSink(int events)
    {
        _seen = new bool[events];
        int process = Environment.ProcessId;
        IPAddress address = new([127, (byte)(64 + (process >> 14 & 63)), (byte)(process >> 7 & 127), (byte)(1 + (process & 127))]);
        _listener = Listen(new IPEndPoint(address, 0));
        _place = (IPEndPoint)_listener.LocalEndPoint!;
    }

    /// <summary>Where it is.</summary>
    public string Url => $"http://{_place}/events";

    /// <summary>Events that came, each counted once.</summary>
    public int Distinct => Volatile.Read(ref _distinct);

    /// <summary>Events that came again.</summary>
    public int Twice => Volatile.Read(ref _twice);

    /// <summary>Lines that are no event with a number below the limit.</summary>
    public int Strange => Volatile.Read(ref _strange);

    /// <summary>Requests that it did not take.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>What it answers; with anything but 200 it does not take what came.</summary>
    public int Status
    {
        get => Volatile.Read(ref _status);
        set => Volatile.Write(ref _status, value);
    }

    /// <summary>Refuses and cuts connections from now on.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            _connections.ForEach(connection => connection.Dispose());
            _connections.Clear();
        }
    }

    /// <summary>Takes them again, at the same place.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _listener = Listen(_place);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private Socket Listen(IPEndPoint place)
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(place);
        listener.Listen();
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
        return listener;
    }

    private void Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket connection = listener.Accept();
                lock (_lock)
                {
                    if (_listener != listener)
                    {
                        connection.Dispose();
                        return;
                    }

                    _connections.Add(connection);
                }

                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private void Serve(Socket connection)
    {
        try
        {
            using NetworkStream stream = new(connection);
            using BufferedStream reader = new(stream, 1 << 16);
            while (Header(reader) is string header)
            {
                byte[] body = new byte[Length(header)];
                if (header.Contains("100-continue", StringComparison.OrdinalIgnoreCase))
                {
                    stream.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
                }

                reader.ReadExactly(body);
                int status = Status;
                if (status == 200)
                {
                    Count(body);
                }
                else
                {
                    _ = Interlocked.Increment(ref _refused);
                }

                stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} so\r\nContent-Length: 0\r\n\r\n")));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Cut by Stop, or by the sender.
        }
    }

    private static string? Header(Stream reader)
    {
        StringBuilder header = new();
        for (int next = reader.ReadByte(); next >= 0; next = reader.ReadByte())
        {
            _ = header.Append((char)next);
            if (next == '\n' && header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                return header.ToString();
            }
        }

        return null;
    }

    private static int Length(string header)
    {
        const string key = "content-length:";
        string line = header.Split("\r\n").Single(line => line.StartsWith(key, StringComparison.OrdinalIgnoreCase));
        return int.Parse(line.AsSpan(key.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private void Count(ReadOnlySpan<byte> body)
    {
        lock (_lock)
        {
            foreach (Range range in body.Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = body[range];
                if (line.IsEmpty)
                {
                    continue;
                }

                int at = line.IndexOf("\"seq\":"u8);
                if (at < 0 || !System.Buffers.Text.Utf8Parser.TryParse(line[(at + 6)..], out int number, out _) || (uint)number >= _seen.Length || line[^1] != '}')
                {
                    _strange++;
                }
                else if (_seen[number])
                {
                    _twice++;
                }
                else
                {
                    _seen[number] = true;
                    _distinct++;
                }
            }
        }
    }
}
