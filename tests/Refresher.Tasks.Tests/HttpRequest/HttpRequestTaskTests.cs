using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Tasks.HttpRequest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.HttpRequest;

public sealed class HttpRequestTaskTests : IDisposable
{
    private readonly HttpRequestClient _client = new(new AddressGuard(Options.Create(new AddressGuardOptions())));
    private readonly RunHarness _run = new();

    [Fact]
    public async Task A_request_arrives_as_written_and_its_answer_is_kept()
    {
        JsonObject? seen = null;
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            seen = new JsonObject
            {
                ["method"] = http.Request.Method,
                ["run"] = http.Request.Headers[HttpRequestTask.RunIdHeader].ToString(),
                ["accept"] = http.Request.Headers.Accept.ToString(),
                ["authorization"] = http.Request.Headers.Authorization.ToString(),
                ["agent"] = http.Request.Headers.UserAgent.ToString(),
                ["type"] = http.Request.ContentType,
                ["body"] = await body.ReadToEndAsync(),
            };
            http.Response.StatusCode = 201;
            http.Response.Headers.SetCookie = "session=secret";
            await http.Response.WriteAsync("made: π");
        });

        var output = Succeeded(await RunAsync(new()
        {
            Url = server.Url + "hook",
            Method = "POST",
            Headers = ["Accept: text/plain"],
            SecretHeader = "Authorization: Bearer abc",
            Body = "{\"a\":1}",
        }));

        Assert.Equal(
            $$"""{"method":"POST","run":"{{_run.Id}}","accept":"text/plain","authorization":"Bearer abc","agent":"{{UserAgent.Value}}","type":"application/json","body":"{\u0022a\u0022:1}"}""",
            seen!.ToJsonString());
        Assert.Equal(201, (int)output["status"]!);
        Assert.Equal("made: π", (string?)output["body"]);
        Assert.False((bool)output["cut"]!);
        Assert.Equal("(left out)", (string?)output["headers"]!["Set-Cookie"]);
        Assert.InRange((double)output["seconds"]!, 0, 10);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task What_may_pass_by_itself_asks_for_a_retry(int status)
    {
        await using var server = await AnswerAsync(status, "busy", http => http.Response.Headers.RetryAfter = "7");

        var retry = Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.Equal(TimeSpan.FromSeconds(7), retry.After);
        Assert.Equal("busy", (string?)retry.Output!["body"]);
    }

    [Fact]
    public async Task An_unexpected_status_fails_and_an_expected_one_does_not()
    {
        await using var server = await AnswerAsync(404, "nothing here");

        var failure = Assert.IsType<RunOutcome.FailureOutcome>(await RunAsync(new() { Url = server.Url.ToString() }));
        Succeeded(await RunAsync(new() { Url = server.Url.ToString(), ExpectedStatus = "200, 400-410" }));

        Assert.Equal("Status 404 Not Found, expected 200-299.", failure.Reason);
    }

    [Fact]
    public async Task A_body_must_match_its_pattern()
    {
        await using var server = await AnswerAsync(200, "state: degraded");

        Succeeded(await RunAsync(new() { Url = server.Url.ToString(), BodyMustMatch = "state: \\w+" }));
        Assert.IsType<RunOutcome.FailureOutcome>(await RunAsync(new() { Url = server.Url.ToString(), BodyMustMatch = "^ok" }));
    }

    [Fact]
    public async Task A_body_without_end_is_cut_and_not_read_on()
    {
        var hungUp = new TaskCompletionSource();
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            http.RequestAborted.Register(hungUp.SetResult);
            var line = new byte[64 * 1024];
            line.AsSpan().Fill((byte)'x');
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(line, http.RequestAborted);
            }
        });

        var output = Succeeded(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.True((bool)output["cut"]!);
        Assert.Equal(ResponseBody.KeptBytes, ((string?)output["body"])!.Length);
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_body_that_is_no_text_is_kept_in_base64()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.Body.WriteAsync(new byte[] { 0, 1, 255 }).AsTask());

        var output = Succeeded(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.Null(output["body"]);
        Assert.Equal("AAH/", (string?)output["bodyBase64"]);
    }

    [Fact]
    public async Task A_text_that_escapes_badly_stays_below_the_cap_of_an_output()
    {
        await using var server = await AnswerAsync(200, new string('"', ResponseBody.KeptBytes));

        var output = Succeeded(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.True((bool)output["cut"]!);
        Assert.InRange(output.ToJsonString().Length, 1, 256 * 1024);
    }

    [Fact]
    public async Task A_server_that_drips_runs_into_the_time_limit()
    {
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            while (true)
            {
                await http.Response.WriteAsync(".", http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                await Task.Delay(20, http.RequestAborted);
            }
        });

        var outcome = await RunAsync(new() { Url = server.Url.ToString(), RequestTimeout = TimeSpan.FromMilliseconds(400) });

        Assert.Contains("No complete answer", Assert.IsType<RunOutcome.RetryOutcome>(outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_says_so_by_its_exception()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new HttpRequestTask(_client).RunAsync(new() { Url = server.Url.ToString() }, _run, cancel.Token));
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_body_asks_for_a_retry()
    {
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });

        Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(new() { Url = server.Url.ToString() }));
    }

    [Fact]
    public async Task Nobody_listening_asks_for_a_retry()
    {
        var server = await AnswerAsync(200, "");
        var url = server.Url;
        await server.DisposeAsync();

        Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(new() { Url = url.ToString() }));
    }

    [Fact]
    public async Task A_certificate_nobody_trusts_is_named_as_the_reason()
    {
        using var certificate = SelfSigned.Certificate();
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("never"), certificate);

        var retry = Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.Contains("certificate", retry.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Redirects_are_followed_but_not_for_ever()
    {
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.Redirect(http.Request.Path == "/three" ? "/two" : http.Request.Path == "/two" ? "/end" : "/loop");
            http.Response.StatusCode = http.Request.Path == "/end" ? 200 : 302;
            return Task.CompletedTask;
        });

        var output = Succeeded(await RunAsync(new() { Url = server.Url + "three" }));
        var loop = Assert.IsType<RunOutcome.FailureOutcome>(await RunAsync(new() { Url = server.Url + "loop" }));
        Succeeded(await RunAsync(new() { Url = server.Url + "loop", FollowRedirects = false, ExpectedStatus = "302" }));

        Assert.Equal(2, (int)output["redirects"]!);
        Assert.EndsWith("/end", (string?)output["url"], StringComparison.Ordinal);
        Assert.Contains("More than 10 redirects", loop.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_header_does_not_follow_a_redirect_to_another_host()
    {
        var seen = "nothing";
        await using var other = await FakeHttpServer.StartAsync(http =>
        {
            seen = http.Request.Headers["X-Key"].ToString() + http.Request.Headers["X-Open"];
            return Task.CompletedTask;
        });
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.Redirect(other.Url.ToString());
            return Task.CompletedTask;
        });

        Succeeded(await RunAsync(new() { Url = server.Url.ToString(), SecretHeader = "X-Key: secret", Headers = ["X-Open: shown"] }));

        Assert.Equal("shown", seen);
    }

    [Fact]
    public async Task A_redirect_to_a_metadata_service_is_refused()
    {
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.Redirect("http://169.254.169.254/latest/meta-data/");
            return Task.CompletedTask;
        });

        var failure = Assert.IsType<RunOutcome.FailureOutcome>(await RunAsync(new() { Url = server.Url.ToString() }));

        Assert.Contains("metadata service", failure.Reason, StringComparison.Ordinal);
    }

    public void Dispose() => _client.Dispose();

    private Task<RunOutcome> RunAsync(HttpRequestTaskOptions options) => new HttpRequestTask(_client).RunAsync(options, _run, CancellationToken.None);

    private static JsonNode Succeeded(RunOutcome outcome) => Assert.IsType<RunOutcome.SuccessOutcome>(outcome).Output!;

    private static Task<FakeHttpServer> AnswerAsync(int status, string body, Action<HttpContext>? prepare = null) => FakeHttpServer.StartAsync(async http =>
    {
        http.Response.StatusCode = status;
        prepare?.Invoke(http);
        await http.Response.WriteAsync(body);
    });
}
