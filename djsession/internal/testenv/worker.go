package testenv

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

//go:embed worker.py
var workerSource []byte

// worker is a Python process that answers questions, one at a time.
type worker struct {
	mu      sync.Mutex
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	stderr  *lastWriter
	done    chan struct{}
	broken  error
	Django  string   `json:"django"`
	Python  string   `json:"python"`
	Vendors []string `json:"vendors"`
}

// question and reply are the lines of the pipe; worker.py says what is in them.
type question struct {
	Settings Settings `json:"settings"`
	Now      *int64   `json:"now"`
	Op       string   `json:"op"`
	Args     any      `json:"args"`
}

type reply struct {
	Value Value        `json:"value"`
	Error *PythonError `json:"error"`
}

// PythonError is an exception that Python raised.
type PythonError struct {
	Type      string `json:"type"` // the name of its class: "UpdateError"
	Message   string `json:"message"`
	Traceback string `json:"traceback"`
}

func (e *PythonError) Error() string { return e.Type + ": " + e.Message }

func startWorker(e environment, settings Settings) (*worker, error) {
	script, err := workerScript()
	if err != nil {
		return nil, err
	}
	w := &worker{cmd: e.command(script), stderr: &lastWriter{}, done: make(chan struct{})}
	w.cmd.Stderr = w.stderr
	w.cmd.SysProcAttr = childAttributes(syscall.SIGKILL)
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = bufio.NewReader(out)
	if err := onSpawner(w.cmd.Start); err != nil {
		return nil, err
	}
	go func() {
		w.cmd.Process.Wait()
		close(w.done)
	}()
	if settings == nil {
		settings = Settings{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	value, err := w.ask(ctx, question{Settings: settings})
	if err == nil {
		err = json.Unmarshal([]byte(value.JSON), w)
	}
	if err != nil {
		w.stop()
		return nil, fmt.Errorf("starting Django %s: %w", e.Django, err)
	}
	return w, nil
}

// workerScript puts the embedded script where Python can read it.
var workerScript = sync.OnceValues(func() (string, error) {
	root, err := dataDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, "worker.py")
	return path, os.WriteFile(path, workerSource, 0o644)
})

// ask sends one question and waits for its answer. A worker that did not answer
// in time is ended: its pipe is out of step.
func (w *worker) ask(ctx context.Context, q question) (Value, error) {
	line, err := json.Marshal(q)
	if err != nil {
		return Value{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return Value{}, w.broken
	}
	stopWatching := context.AfterFunc(ctx, w.kill)
	answer, err := w.exchange(append(line, '\n'))
	if !stopWatching() {
		err = ctx.Err()
	}
	if err != nil {
		w.broken = fmt.Errorf("this Django is gone: %w: %s", err, w.stderr.text())
		w.kill()
		return Value{}, w.broken
	}
	if answer.Error != nil {
		return Value{}, answer.Error
	}
	return answer.Value, nil
}

func (w *worker) exchange(line []byte) (reply, error) {
	if _, err := w.in.Write(line); err != nil {
		return reply{}, err
	}
	answer, err := w.out.ReadBytes('\n')
	if err != nil {
		return reply{}, err
	}
	var r reply
	return r, json.Unmarshal(answer, &r)
}

func (w *worker) kill() { w.cmd.Process.Kill() }

// stop lets the process end by closing its standard input.
func (w *worker) stop() {
	w.in.Close()
	select {
	case <-w.done:
	case <-time.After(5 * time.Second):
		w.kill()
		<-w.done
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = errors.Join(w.broken, os.ErrClosed)
}

// lastWriter keeps the end of what is written.
type lastWriter struct {
	mu   sync.Mutex
	kept []byte
}

func (l *lastWriter) Write(text []byte) (int, error) {
	const most = 16 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, text...)
	l.kept = bytes.Clone(l.kept[max(0, len(l.kept)-most):])
	return len(text), nil
}

func (l *lastWriter) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lastBytes(l.kept)
}
