using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.ServiceDefaults;
using Refresher.Tasks;
using Refresher.Tasks.Backup;

if (HealthQuestion.IsAsked(args))
{
    return await HealthQuestion.AskAsync();
}

var builder = WebApplication.CreateBuilder(args);
if (args is ["restore", var file])
{
    return await Restore.RunAsync(builder.Configuration, file);
}

builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddWorker(TaskCatalog.Kinds);

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
