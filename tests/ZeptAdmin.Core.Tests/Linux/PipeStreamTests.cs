using ZeptAdmin.Rss.Captures;

namespace ZeptAdmin.Tests.Linux;

/// <summary>Pipes that keep their reader waiting.</summary>
public sealed class PipeStreamTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_is_left_when_it_is_told_to()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stopping = new();
        string pipe = Pipe(folder);
        Task<byte[]> opening = Task.Run(() =>
        {
            using CaptureFile file = CaptureFile.Open(pipe, stopping.Token);
            return file.Start;
        });

        await stopping.CancelAsync();

        Assert.Empty(await opening.WaitAsync(Long));
    }

    [Fact]
    public async Task A_pipe_is_read_as_it_is_written_and_left_in_the_middle()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stopping = new();
        string pipe = Pipe(folder);
        Task<(byte[] Start, int First, int Then)> reading = Task.Run(() =>
        {
            using CaptureFile file = CaptureFile.Open(pipe, stopping.Token);
            byte[] buffer = new byte[6];
            int first = file.Content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            stopping.Cancel();
            return (file.Start, first, file.Content.Read(buffer));
        });
        using FileStream writer = new(pipe, FileMode.Open, FileAccess.Write);
        await writer.WriteAsync("abcdef"u8.ToArray());
        await writer.FlushAsync();

        (byte[] start, int first, int then) = await reading.WaitAsync(Long);

        Assert.Equal("abcd"u8, start);
        Assert.Equal((6, 0), (first, then));
    }

    [Fact]
    public async Task A_pipe_ends_where_its_writer_ends()
    {
        using TemporaryFolder folder = new();
        string pipe = Pipe(folder);
        Task<byte[]> reading = Task.Run(() =>
        {
            using CaptureFile file = CaptureFile.Open(pipe);
            using MemoryStream all = new();
            file.Content.CopyTo(all);
            return all.ToArray();
        });
        byte[] text = new byte[300_000];
        new Random(1).NextBytes(text);
        await File.WriteAllBytesAsync(pipe, text);

        Assert.Equal(text, await reading.WaitAsync(Long));
    }

    private static string Pipe(TemporaryFolder folder)
    {
        string pipe = Path.Combine(folder.Path, "pipe");
        _ = ExternalTool.Run("mkfifo", pipe);
        return pipe;
    }
}
