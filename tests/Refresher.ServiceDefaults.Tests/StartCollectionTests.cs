using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Refresher.ServiceDefaults.Tests;

public sealed class StartCollectionTests
{
    [Fact]
    public async Task What_only_the_start_held_is_given_back()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        using var collection = new StartCollection(app.Services.GetRequiredService<IHostApplicationLifetime>()) { Settled = TimeSpan.FromMilliseconds(10) };
        await collection.StartAsync(default);
        var held = Held();
        Assert.False(collection.ExecuteTask!.IsCompleted);

        await app.StartAsync();

        await collection.ExecuteTask.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(held.IsAlive);
    }

    [Fact]
    public async Task A_process_that_stops_before_is_not_kept()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        using var collection = new StartCollection(app.Services.GetRequiredService<IHostApplicationLifetime>());
        await collection.StartAsync(default);
        await app.StartAsync();

        await collection.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(5));
    }

    /// <summary>Something old that nobody holds any more: in the oldest generation, which no small collection looks at.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference Held()
    {
        var old = new byte[1000];
        GC.Collect();
        GC.Collect();
        return new WeakReference(old);
    }
}
