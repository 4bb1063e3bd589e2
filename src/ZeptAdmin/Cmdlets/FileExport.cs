using System.Management.Automation;
using ZeptAdmin.Errors;
using ZeptAdmin.Linux;

namespace ZeptAdmin.Cmdlets;

/// <summary>What all cmdlets do that write a picture or a page: ask, write, tell why not, emit the file.</summary>
internal static class FileExport
{
    /// <summary>Writes the file, if the user lets it; a file that cannot be written ends the command.</summary>
    public static void Export(this PSCmdlet cmdlet, string given, string action, bool passThru, Action<string> write)
    {
        string path = cmdlet.GetUnresolvedProviderPathFromPSPath(given);
        if (!cmdlet.ShouldProcess(path, action))
        {
            return;
        }

        try
        {
            write(path);
        }
        catch (KernelException e) when (e.Errno == Errno.EEXIST)
        {
            cmdlet.ThrowTerminatingError(new ErrorRecord(e, "FileExists", ErrorCategory.ResourceExists, path)
            {
                ErrorDetails = new ErrorDetails(e.Message) { RecommendedAction = "Give another name, or -Force to replace it." },
            });
        }
        catch (KernelException e) when (e.Errno == Errno.EINVAL)
        {
            cmdlet.ThrowTerminatingError(new ErrorRecord(e, "NotAFile", ErrorCategory.InvalidArgument, path)
            {
                ErrorDetails = new ErrorDetails(e.Message) { RecommendedAction = "Name a file." },
            });
        }
        catch (KernelException e)
        {
            cmdlet.ThrowTerminatingError(e.ToErrorRecord());
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }

        if (passThru)
        {
            cmdlet.WriteObject(new FileInfo(path));
        }
    }
}
