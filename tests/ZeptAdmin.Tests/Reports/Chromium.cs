using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ZeptAdmin.Tests.Reports;

/// <summary>A browser without a screen, driven by its DevTools protocol; one for the tests of a class. Skips the test where it is not installed.</summary>
public sealed class Chromium : IDisposable
{
    private const string Program = "/usr/bin/chromium";
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(Process Browser, string Address)> _browser;

    public Chromium() => _browser = new(Start);

    /// <summary>Opens a file in a tab of its own.</summary>
    /// <param name="file">The file.</param>
    /// <param name="width">Width of the screen in CSS pixels.</param>
    /// <param name="media">print or screen.</param>
    /// <param name="scheme">light or dark.</param>
    /// <param name="scripts">False for a browser that runs no scripts.</param>
    internal async Task<ChromiumPage> OpenAsync(string file, int width = 1280, string media = "screen", string scheme = "light", bool scripts = true)
    {
        Assert.SkipUnless(File.Exists(Program), "chromium is not installed");
        ChromiumPage page = await ChromiumPage.AttachAsync(_browser.Value.Address);
        await page.SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["media"] = media, ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await page.SendAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !scripts });
        await page.ResizeAsync(width, 800);
        await page.LoadAsync(new Uri(file).AbsoluteUri);
        return page;
    }

    public void Dispose()
    {
        if (_browser.IsValueCreated)
        {
            _browser.Value.Browser.Kill(entireProcessTree: true);
            _browser.Value.Browser.WaitForExit();
            _browser.Value.Browser.Dispose();
        }

        _folder.Dispose();
    }

    private (Process Browser, string Address) Start()
    {
        ProcessStartInfo start = new(
            Program,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0", "--user-data-dir=" + _folder.Path, "about:blank"])
        {
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = _folder.Path;
        Process browser = Process.Start(start)!;
        const string Listening = "DevTools listening on ";
        string log = "";
        while (browser.StandardError.ReadLine() is string line)
        {
            log += line + "\n";
            if (line.StartsWith(Listening, StringComparison.Ordinal))
            {
                // Keep on reading, lest the browser waits for room in the pipe.
                _ = browser.StandardError.ReadToEndAsync();
                return (browser, line[Listening.Length..]);
            }
        }

        throw new InvalidOperationException($"chromium did not start: {log}");
    }
}

/// <summary>One tab, and what went wrong in it.</summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private string? _session;
    private string? _target;
    private int _last;

    /// <summary>Messages of the console that are errors or warnings, exceptions of scripts, dialogs, and violations of the page's policy.</summary>
    public ConcurrentQueue<string> Problems { get; } = [];

    /// <summary>Addresses that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Opens a tab.</summary>
    public static async Task<ChromiumPage> AttachAsync(string browser)
    {
        ChromiumPage page = new();
        await page._socket.ConnectAsync(new Uri(browser), TestContext.Current.CancellationToken);
        page._reading = page.ReadAsync();
        page._target = (string)(await page.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }))["targetId"]!;
        page._session = (string)(await page.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = page._target, ["flatten"] = true }))["sessionId"]!;
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await page.SendAsync(domain + ".enable");
        }

        return page;
    }

    /// <summary>Goes to an address and waits until it is there.</summary>
    public async Task LoadAsync(string address)
    {
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        await _loaded.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    /// <summary>Sets the size of the screen.</summary>
    public Task ResizeAsync(int width, int height) => SendAsync(
        "Emulation.setDeviceMetricsOverride",
        new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500 });

    /// <summary>Value of an expression.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Strings that an expression gives.</summary>
    public async Task<string[]> ListAsync(string expression) => [.. (await EvaluateAsync(expression))!.AsArray().Select(item => (string)item!)];

    /// <summary>Presses and lets go of a key.</summary>
    public async Task PressAsync(string key, string code, int number, string? text = null)
    {
        JsonObject down = new() { ["type"] = "rawKeyDown", ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number };
        if (text is not null)
        {
            down["type"] = "keyDown";
            down["text"] = text;
        }

        await SendAsync("Input.dispatchKeyEvent", down);
        await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["code"] = code, ["windowsVirtualKeyCode"] = number });
    }

    /// <summary>Sends a command of the protocol; its result.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int number = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonNode> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        JsonObject message = new() { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        return await answer.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open && _target is not null)
        {
            await SendAsync("Target.closeTarget", new JsonObject { ["targetId"] = _target });
        }

        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[1 << 16];
        using MemoryStream message = new();
        try
        {
            while (_socket.State == WebSocketState.Open)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The tab was closed.
        }

        foreach (TaskCompletionSource<JsonNode> waiting in _waiting.Values)
        {
            _ = waiting.TrySetException(new InvalidOperationException("The browser went away."));
        }
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is JsonNode number && _waiting.TryRemove((int)number, out TaskCompletionSource<JsonNode>? answer))
        {
            _ = message["error"] is JsonNode error ? answer.TrySetException(new InvalidOperationException(error.ToJsonString())) : answer.TrySetResult(message["result"]!);
            return;
        }

        JsonNode? parameters = message["params"];
        switch ((string?)message["method"])
        {
            case "Page.loadEventFired":
                _ = _loaded.TrySetResult();
                break;
            case "Runtime.exceptionThrown" or "Page.javascriptDialogOpening":
                Problems.Enqueue(parameters!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string?)parameters!["type"] is "error" or "warning" or "assert":
                Problems.Enqueue(parameters.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)parameters!["entry"]!["level"] is "error" or "warning":
                Problems.Enqueue(parameters.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Enqueue((string)parameters!["request"]!["url"]!);
                break;
        }
    }
}
