using CaptionTL.Service;
using CaptionTL.Service.Jobs.Running;

if (JobProcess.Handles(args)) return JobProcess.Run(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddCaptionTL();
var app = builder.Build();
app.MapCaptionTL();
await app.RunAsync();
return 0;
