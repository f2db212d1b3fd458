using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Refresher.Bench.SpeedTest;

/// <summary>
/// Debian's <c>speedtest-cli</c> against a server of our own that answers as a "Speedtest Mini" does. It asks speedtest.net for its settings
/// before anything else; in a namespace nobody answers, so that its module is run with the usual ones (<c>Peers/speedtest_mini.py</c>).
/// </summary>
internal static class SpeedtestMini
{
    private const string Script = "speedtest_mini.py";

    public static bool IsInstalled => File.Exists("/usr/lib/python3/dist-packages/speedtest.py");

    /// <summary>The end points of a "Mini" that the client uses.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", () => "upload_extension: \"php\"");
        endpoints.MapGet("/speedtest/latency.txt", () => "test=test");
        endpoints.MapGet("/speedtest/random{size:int}x{same:int}.jpg", PictureAsync);
        endpoints.MapPost("/speedtest/upload.php", TakeAsync);
    }

    /// <summary>Download and upload in Mbit/s, as it says them.</summary>
    public static (double Download, double Upload) Measure()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", Script);
        var url = string.Create(CultureInfo.InvariantCulture, $"http://{Line.Server}:{SpeedPeer.Port}/");
        var said = JsonNode.Parse(Command.Run("ip", Command.In(Line.ClientSpace, "/usr/bin/python3", script, url)))!;
        return (said["download"]!.GetValue<double>() / 1e6, said["upload"]!.GetValue<double>() / 1e6);
    }

    /// <summary>The pictures of a "Mini" are of noise, about two bytes a dot.</summary>
    private static async Task PictureAsync(int size, int same, HttpContext http)
    {
        var noise = new byte[64 * 1024];
        Random.Shared.NextBytes(noise);
        http.Response.ContentLength = 2L * size * same;
        for (var left = 2L * size * same; left > 0; left -= noise.Length)
        {
            await http.Response.Body.WriteAsync(noise.AsMemory(0, (int)Math.Min(left, noise.Length)), http.RequestAborted);
        }
    }

    private static async Task TakeAsync(HttpContext http)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var taken = 0L;
        var piece = new byte[64 * 1024];
        while (await http.Request.Body.ReadAsync(piece, http.RequestAborted) is > 0 and var length)
        {
            taken += length;
        }

        await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"size={taken}"), http.RequestAborted);
    }
}
