using ZeptAdmin.Linux;

namespace ZeptAdmin.Tests.Linux;

/// <summary>Files that are put into the place of others.</summary>
public sealed class ReplaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_no_file_is_not_replaced_behind_a_link_either(bool isLink)
    {
        using TemporaryFolder folder = new();
        string pipe = Path.Combine(folder.Path, "pipe");
        _ = ExternalTool.Run("mkfifo", pipe);
        string path = isLink ? Path.Combine(folder.Path, "masked") : pipe;
        if (isLink)
        {
            _ = File.CreateSymbolicLink(path, pipe);
        }

        Assert.Equal(Errno.EINVAL, new LiveFileTree().Replace(path, "text"u8));

        Assert.True(LiveFileTree.IsDevice(pipe));
        Assert.Equal(isLink ? ["masked", "pipe"] : ["pipe"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_behind_a_link_is_replaced_and_the_link_stays()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("file", "before");
        string link = Path.Combine(folder.Path, "link");
        _ = File.CreateSymbolicLink(link, file);

        Assert.Equal(Errno.None, new LiveFileTree().Replace(link, "after"u8));

        Assert.Equal("after", File.ReadAllText(file));
        Assert.Equal(file, File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName);
        Assert.False(LiveFileTree.IsDevice(file));
        Assert.False(LiveFileTree.IsDevice(folder.Path));
        Assert.False(LiveFileTree.IsDevice(Path.Combine(folder.Path, "none")));
    }
}
