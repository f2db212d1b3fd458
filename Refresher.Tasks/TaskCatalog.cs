using Refresher.Core.Contract;
using Refresher.Tasks.Backup;
using Refresher.Tasks.Canary;
using Refresher.Tasks.Command;
using Refresher.Tasks.Digest;
using Refresher.Tasks.Heartbeats;
using Refresher.Tasks.Hello;
using Refresher.Tasks.HttpRequest;
using Refresher.Tasks.SiteMonitor;
using Refresher.Tasks.SpeedTest;

namespace Refresher.Tasks;

/// <summary>Every task of the program, a line each: the only file that a new folder shares with the others.</summary>
public static class TaskCatalog
{
    public static KindCatalog Kinds { get; } = new KindCatalog()
        .Add<HelloTask, HelloOptions>()
        .Add<HttpRequestTask, HttpRequestTaskOptions>()
        .Add<CommandTask, CommandOptions>()
        .Add<SpeedTestTask, SpeedTestOptions>()
        .Add<SiteMonitorKind>()
        .Add<DigestTask, DigestOptions>()
        .Add<HeartbeatKind>()
        .Add<CanaryTask, CanaryOptions>()
        .Add<BackupTask, BackupOptions>();
}
